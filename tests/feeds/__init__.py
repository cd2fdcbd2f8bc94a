"""Feeds: their bytes, what they show to whom, and how they are served."""
