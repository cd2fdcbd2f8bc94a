"""Requests by public forms, as duties and as what one person asked for; their pages are exchange.requests."""
