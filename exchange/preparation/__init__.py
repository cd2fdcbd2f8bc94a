"""How a training event is prepared: its milestones, who plans it, and what it is to show."""
