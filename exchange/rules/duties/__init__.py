"""Duties: what somebody owes by a day, as one value that all readers of it share.

Not reminders and not rows: nothing is stored or sent here, and no noun of the programme is known.
"""
