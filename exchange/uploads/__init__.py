"""Files that people hand in: their bytes in a folder, and a scanner that sees them before.

It knows no rows and no pages.
"""
