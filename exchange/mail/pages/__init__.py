"""The pages of letters: what goes out next, what went out, and what went wrong.

Not the wordings that coordinators write; exchange.wordings has those.
"""
