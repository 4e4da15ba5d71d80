"""The station class `rotary-filler`: its declaration (`process.yaml`), and its process model where it has one."""
