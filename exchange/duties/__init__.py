"""What everything in the network owes: each noun lists its duties here, and readers of duties know no noun.

It loads rows and makes values. Not the rules (rules/duties), and no letter, calendar or page.
"""
