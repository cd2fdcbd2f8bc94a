"""The pages on which people find, change and revoke the addresses of feeds.

Not the feeds themselves, which answer before Flask is asked.
"""
