"""Pure decisions: the station table of a plant, PackML transitions, alarms. No I/O, no clock, no randomness."""
