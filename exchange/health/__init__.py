"""What a process knows of its own health: its schema, how often its jobs should run, what it counts."""
