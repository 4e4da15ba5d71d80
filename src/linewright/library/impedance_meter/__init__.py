"""The station class `impedance-meter`: its declaration (`process.yaml`), and its process model."""
