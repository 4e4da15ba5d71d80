"""The station class `laser-welder`: its declaration (`process.yaml`), and its process model where it has one."""
