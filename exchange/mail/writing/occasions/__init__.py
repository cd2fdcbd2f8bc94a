"""What is written on an occasion, a file for each noun: facts out of rows, for templates that all share.

Not when it leaves or who gets it: that is where it is queued.
"""
