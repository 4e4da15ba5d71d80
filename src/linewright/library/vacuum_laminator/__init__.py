"""The station class `vacuum-laminator`: its declaration (`process.yaml`), and its process model where it has one."""
