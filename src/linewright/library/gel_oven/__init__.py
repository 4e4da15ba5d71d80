"""The station class `gel-oven`: its declaration (`process.yaml`), and its process model where it has one."""
