"""Training and exercising events: planning, publishing and keeping their rhythm."""
