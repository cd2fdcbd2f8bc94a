"""Lists carried out of the house and programmes carried into it: exports, and the import of drafts.

A room above the capabilities, because it speaks of several of them at once.
"""
