"""People's data: what is held and why, taken along, corrected, restricted, erased, and gone when it is time.

It stands above the capabilities, for each of them holds something of a person. It decides nothing about
exchanges and events.
"""
