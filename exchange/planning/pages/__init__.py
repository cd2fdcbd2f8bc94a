"""The pages of plans: asked for, shown, adopted, planned again; and who bears what.

Not what happens on them: actions.py and the wings below do that.
"""
