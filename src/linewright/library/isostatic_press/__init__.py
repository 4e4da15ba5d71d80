"""The station class `isostatic-press`: its declaration (`process.yaml`), and its process model where it has one."""
