"""Training and exercising events: planning, publishing, and the rhythm they keep."""
