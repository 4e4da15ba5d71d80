"""simulate: a plant in, a ledger and figures out."""
