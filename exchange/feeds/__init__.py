"""Feeds: the calendars that cities, groups and the public subscribe to."""
