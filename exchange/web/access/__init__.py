"""Who asks, and may they: permissions, sessions, personal links, rate limits, the values of a request.

Not what a page looks like.
"""
