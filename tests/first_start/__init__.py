"""The first coordinator of an empty installation."""
