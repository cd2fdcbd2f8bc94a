"""Rows as the values that the policy of rules.access asks for: standings of people, and things.

It decides nothing.
"""
