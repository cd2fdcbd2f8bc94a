"""Duties that people outside the network cause. One file a noun, as beside this folder."""
