"""Tables of findings and of money, read row by row and previewed before anything is saved. No pages."""
