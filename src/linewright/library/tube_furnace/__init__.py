"""The station class `tube-furnace`: its declaration (`process.yaml`), and its process model where it has one."""
