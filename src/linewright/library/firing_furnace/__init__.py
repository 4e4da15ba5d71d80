"""The station class `firing-furnace`: its declaration (`process.yaml`), and its process model where it has one."""
