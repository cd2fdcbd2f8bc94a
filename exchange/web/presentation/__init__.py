"""How values look on pages: dates, form controls, navigation, vocabularies.

Not who may see a page.
"""
