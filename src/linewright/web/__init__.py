"""The web: reads the ledger, serves the page, streams what is on screen, sends operators' commands to a live run. `docs/api.md` is its contract."""
