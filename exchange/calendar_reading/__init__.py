"""Calendars of other programs (RFC 5545) read as they are, not as they should be, and what was left out.

Not what becomes of them: exchange.busy makes busy times, exchange.transfer drafts. It knows no database.
"""
