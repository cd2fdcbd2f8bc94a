"""The planner: a whole year for the network, fair to every city, with a reason for each choice.

Pure: it knows no page, no table, no clock and no setting. exchange.commands.plan runs it.
"""
