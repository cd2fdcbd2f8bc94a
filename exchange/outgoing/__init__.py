"""Requests to servers of others, kept off our own network. It knows nobody's formats and keeps nothing."""
