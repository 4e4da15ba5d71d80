"""The station class `laser-notcher`: its declaration (`process.yaml`), and its process model where it has one."""
