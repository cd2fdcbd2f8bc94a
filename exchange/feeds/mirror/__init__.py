"""The same calendars as files elsewhere: a folder or a bucket that a CDN hands out.

Not the way in which our own processes answer; serving has that.
"""
