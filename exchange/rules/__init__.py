"""Pure rules of the programme: dates, zones, holidays, markings, letters.

Nothing here reads a clock, a setting, a database or a network; everything is given.
"""
