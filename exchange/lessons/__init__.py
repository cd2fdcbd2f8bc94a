"""Findings, as pages call them: what was learned, how far each city is with it, and actions.

Not what speaks against a day or time, which is rules/findings, and not who owes what now (follow_up).
"""
