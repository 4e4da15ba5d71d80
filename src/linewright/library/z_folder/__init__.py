"""The station class `z-folder`: its declaration (`process.yaml`), and its process model where it has one."""
