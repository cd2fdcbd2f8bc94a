"""The programme's own rules: the stage plan, cycles laid on a calendar, the rhythm of training events.

Not what speaks against a day; findings says that.
"""
