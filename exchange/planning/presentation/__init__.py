"""A proposal as people read it: pictures, bars, sentences on the reader's clock.

Not the pages, and nothing is decided here.
"""
