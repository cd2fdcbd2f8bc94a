"""The search for the best plan: a greedy start, the solver, one objective after the other.

Not the programme that is solved, and not why the plan is as it is.
"""
