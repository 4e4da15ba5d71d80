"""The station class `slitter`: its declaration (`process.yaml`), and its process model where it has one."""
