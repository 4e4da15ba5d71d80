"""The station class `sheet-cutter`: its declaration (`process.yaml`), and its process model where it has one."""
