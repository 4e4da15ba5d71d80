"""Measurements of every figure that the README states. `python -m benchmarks` runs them, `python -m benchmarks NAME ...` some of them."""
