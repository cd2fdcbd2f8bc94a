"""What becomes of a proposal: where its entries stand in the programme, adopted, taken back, planned again.

Not how it looks on a page.
"""
