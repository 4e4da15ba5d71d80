"""Impedance spectra of one cell or of all cells of a stack at once: arrays in, arrays out, no files."""
