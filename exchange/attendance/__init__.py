"""Who was at an event or a sitting: noted by the host, said at the door, kept as counts.

Not who is invited and comes, which is invitations', and no evaluation of the event.
"""
