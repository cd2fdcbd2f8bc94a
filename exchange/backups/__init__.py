"""Backups: the database, the files that people handed in and a manifest, made while people work and put back.

Not the keys: neither the secret key nor that of the audit trail is ever in a backup.
"""
