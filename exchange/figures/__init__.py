"""The year in figures: sections made of rows for boards, as page, table and files, and frozen into reports.

It counts and shows what others keep. Not a theme's arc, coverage or a city's year (records).
"""
