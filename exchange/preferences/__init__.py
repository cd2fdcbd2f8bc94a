"""Preferences: what a reader of letters wants to get, said by a link without an account."""
