"""Entries as iCalendar bytes (RFC 5545, 5546, 7986): components, properties, lines, zones.

Not what may be said: that was decided before. Nothing here knows a feed, a store or a clock.
"""
