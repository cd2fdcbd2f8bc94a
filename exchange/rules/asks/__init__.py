"""Questions to people: their kinds, what may be answered to each, and the templates that begin a set of them.

Pure: no rows, no pages, no clock. Who may answer is for rules.access; who is reminded for rules.letters.
"""
