"""Processes, databases and networks that die at random moments while people and clocks work."""
