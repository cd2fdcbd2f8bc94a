"""Wordings: a coordinator rewrites a letter, tries it on its real readers, and can always go back."""
