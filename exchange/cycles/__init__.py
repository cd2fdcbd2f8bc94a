"""Cycles: planning thematic exchanges, looking at them, moving and publishing them. A capability."""
