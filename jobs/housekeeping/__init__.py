"""Ticks that tidy up: what is stuck, expired, or kept long enough. Nobody reads what they do."""
