"""Planning a year: what a coordinator asks of the planner, how far it is, its proposal, and who bears what.

It builds on the programme, cycles and training events: what is taken from a plan becomes their drafts.
"""
