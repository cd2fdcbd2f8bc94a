"""What a coordinator asks of a year, and the planner's problem made of it.

Not the search, and not the form on which the wishes are typed.
"""
