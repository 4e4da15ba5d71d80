"""The station class `stack-clamp`: its declaration (`process.yaml`), and its process model where it has one."""
