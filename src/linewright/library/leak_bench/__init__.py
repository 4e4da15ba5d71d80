"""The station class `leak-bench`: its declaration (`process.yaml`), and its process model where it has one."""
