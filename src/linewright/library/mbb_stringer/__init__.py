"""The station class `mbb-stringer`: its declaration (`process.yaml`), and its process model where it has one."""
