"""Who gets which letter when, worked out from cycles, training events and people.

Not the words, and nothing is queued here.
"""
