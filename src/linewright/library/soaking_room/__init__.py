"""The station class `soaking-room`: its declaration (`process.yaml`), and its process model where it has one."""
