"""What comes back by mail: a mailbox over IMAP, messages taken apart, bounces (RFC 3464).

Not what is done about it: invitations decide that.
"""
