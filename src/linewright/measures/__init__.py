"""OEE, yield, WIP, energy as mergeable accumulators."""
