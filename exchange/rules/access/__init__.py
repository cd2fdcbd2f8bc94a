"""The one policy: who may know, read, answer, write or plan a thing, now, and what each channel may carry.

Pure: no rows, no clock, no request. exchange.access makes its values from rows.
"""
