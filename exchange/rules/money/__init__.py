"""What money is shared by: shares, splits to the penny, rates, financial years, and when an agreement ends.

Pure: no rows, no pages. Amounts are integers of the smallest unit (pence, öre, cents).
"""
