"""Event kinds, the append-only ledger and its stores."""
