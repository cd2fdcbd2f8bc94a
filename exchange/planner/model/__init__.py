"""The problem as a mixed-integer programme: candidates, columns, constraints, and the way back.

Not the solving of it.
"""
