"""Who speaks to the machines; one folder each."""
