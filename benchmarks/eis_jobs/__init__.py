"""Programs that the measurements of impedance run, each in the environment of what it measures; each prints JSON."""
