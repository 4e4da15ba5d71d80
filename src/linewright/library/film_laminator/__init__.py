"""The station class `film-laminator`: its declaration (`process.yaml`), and its process model where it has one."""
