"""Another secret key: what the old one made ends, and what people need is given to them anew.

Not the key of the audit trail, which has a ring of old and new keys (audit/keys.py).
"""
