"""What speaks against a day, a session or a span, and what a person has set aside with a reason.

Not decisions: whether something is done in spite of a finding, a person says.
"""
