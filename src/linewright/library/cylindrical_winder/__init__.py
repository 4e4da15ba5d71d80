"""The station class `cylindrical-winder`: its declaration (`process.yaml`), and its process model where it has one."""
