"""Needs rounds: what the cities' people need to learn, what the board takes from it, and what answers it.

Not the questions and answers, which are an ask, and not what people need at an event (food, access).
"""
