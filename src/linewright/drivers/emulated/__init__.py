"""Machines that behave, driven like real ones."""
