"""Numba over plain arrays: the station table, the calendar, the rules that twin and floor share."""
