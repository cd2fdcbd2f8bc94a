"""What each noun owes, one file a noun: its rows near a window of days, as duties. Reads only."""
