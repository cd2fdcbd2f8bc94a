"""Contributions: what cities and experts answer, through a link or signed in. A capability."""
