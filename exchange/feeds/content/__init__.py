"""What each reader of a feed may see: entries, made from rows and redacted for an audience.

Not how a calendar file is written, and not what was published.
"""
