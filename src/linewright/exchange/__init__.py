"""Imports and exports, one folder each."""
