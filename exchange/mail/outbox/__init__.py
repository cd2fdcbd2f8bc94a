"""Letters as rows: queued once, claimed, delivered, their outcome kept, their secrets forgotten.

Not what they say and not who gets one.
"""
