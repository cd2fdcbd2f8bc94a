"""What people need to learn and practise: scores of one answer, of a city and of the network. Pure.

Not what somebody needs at an event (food, access), and not who may see it.
"""
