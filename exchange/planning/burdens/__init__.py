"""What each city bears of the programme, in points by the hour on its wall.

Not what anybody wishes, and not what is proposed.
"""
