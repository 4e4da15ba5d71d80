"""The station class `slot-die-coater`: its declaration (`process.yaml`), and its process model where it has one."""
