"""The station class `formation-cabinet`: its declaration (`process.yaml`), and its process model where it has one."""
