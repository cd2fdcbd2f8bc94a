"""Walls and days: zones, what clocks show, holidays, quiet periods, until when an answer is taken.

Not a clock: nothing here knows what time it is.
"""
