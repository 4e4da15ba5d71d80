"""Linewright: a line is described once, then simulated, run, traced and optimised."""

__version__ = "0.1.0"
