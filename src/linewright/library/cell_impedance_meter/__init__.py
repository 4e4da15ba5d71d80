"""The station class `cell-impedance-meter`: its declaration (`process.yaml`), and its process model."""
