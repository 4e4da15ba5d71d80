"""The station class `vacuum-dryer`: its declaration (`process.yaml`), and its process model where it has one."""
