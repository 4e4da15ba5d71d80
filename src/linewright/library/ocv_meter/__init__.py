"""The station class `sleever`: its declaration (`process.yaml`), and its process model where it has one."""
