"""Which feeds there are and at which secret address each is read: made, replaced, revoked, stopped.

Not what they show.
"""
