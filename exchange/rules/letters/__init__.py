"""Which letters a programme calls for, when each is due, and the placeholders of their texts.

Not the sending, and not the facts that fill them.
"""
