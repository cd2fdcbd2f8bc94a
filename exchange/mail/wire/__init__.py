"""Letters on the wire: MIME messages, SMTP, and a Maildir where there is no server.

Not the database: nothing here knows what becomes of a letter afterwards.
"""
