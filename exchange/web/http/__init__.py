"""What HTTP asks of every response and request: headers, logs, sizes, ids in addresses, error pages.

Not sign-in and not permissions; access has those.
"""
