"""Agreements, who pays what, and lines of money. Not accounts: it books nothing and pays nobody."""
