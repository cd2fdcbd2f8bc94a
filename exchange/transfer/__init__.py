"""Lists carried out of the Exchange and programmes carried into it: exports, and the import of drafts.

It stands above the capabilities, because it speaks of several of them at once.
"""
