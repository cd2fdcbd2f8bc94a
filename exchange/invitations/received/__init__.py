"""What is done with one message of the mailbox: an answer taken or shown, a report believed or shown.

Not the reading of the mailbox, and no pages.
"""
