"""The station class `stacker-crane`: its declaration (`process.yaml`), and its process model where it has one."""
