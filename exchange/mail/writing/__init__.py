"""From facts to a letter's subject, text and HTML, in its reader's language and on their clock.

Not who gets it, and nothing is stored or sent here.
"""
