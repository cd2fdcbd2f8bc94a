"""Signing in by an emailed link, and the sessions that follow. It keeps no passwords and makes no people."""
