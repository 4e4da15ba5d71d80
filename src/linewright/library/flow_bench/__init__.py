"""The station class `flow-bench`: its declaration (`process.yaml`), and its process model where it has one."""
