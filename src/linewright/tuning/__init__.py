"""Experiments over the twin: what if, by how much, and how sure is that."""
