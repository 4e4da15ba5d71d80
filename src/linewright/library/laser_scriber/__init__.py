"""The station class `laser-scriber`: its declaration (`process.yaml`), and its process model where it has one."""
