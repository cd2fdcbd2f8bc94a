"""Searches run in processes of their own: claimed, started, watched, stopped, written down.

Not the planner's mathematics, and never in a web process.
"""
