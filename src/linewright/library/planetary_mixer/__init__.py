"""The station class `planetary-mixer`: its declaration (`process.yaml`), and its process model where it has one."""
