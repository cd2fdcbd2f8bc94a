"""From a change to the stored feed: what became stale, what differs, what is written.

Not how it is handed out: no request is answered here.
"""
