"""PROBLEM.json and PLAN.json: read, checked, written.

Not the values themselves, and not whether a plan exists.
"""
