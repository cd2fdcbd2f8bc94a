"""The clock process: ticks that call the packages of exchange. Triggers are in schedule.py only."""
