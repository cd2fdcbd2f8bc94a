"""The clock process: ticks that call the rooms below. Triggers stand in schedule.py only."""
