"""The commands that keep data and its keys: backup, restore, rotate-secret, held-letters.

Not how a backup is made or put back (exchange/backups), nor how keys change (exchange/secret_rotation).
"""
