"""Why a plan is as it is, what another day would cost, and why there is none.

Not the search for one.
"""
