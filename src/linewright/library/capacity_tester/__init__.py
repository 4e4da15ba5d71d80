"""The station class `capacity-tester`: its declaration (`process.yaml`), and its process model where it has one."""
