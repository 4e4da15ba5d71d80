"""The station class `calender`: its declaration (`process.yaml`), and its process model where it has one."""
