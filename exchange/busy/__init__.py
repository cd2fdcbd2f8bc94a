"""Busy calendars: cities and people give an address; we look at it and keep when they are busy, no more."""
