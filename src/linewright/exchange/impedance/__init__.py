"""Impedance spectra from the files that instruments write, and stacks' raw samples; each format from its text, never from a vendor's library."""
