"""run: the line, live."""
