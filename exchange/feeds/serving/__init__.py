"""From stored feeds to HTTP: a middleware in front of Flask, finished responses and their cache.

Not publishing: nothing here is built from the programme, and nothing is written.
"""
