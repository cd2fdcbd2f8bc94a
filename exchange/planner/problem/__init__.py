"""What is to be planned, as values, and what follows from them without any choice.

Not its file and not the integer programme.
"""
