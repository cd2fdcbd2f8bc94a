"""One calendar of a stranger fetched and expanded, in a process of its own.

Not when it is fetched and where its busy times are kept. It knows no database.
"""
