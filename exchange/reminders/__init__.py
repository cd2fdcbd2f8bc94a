"""Reminders: what is due goes into the outbox, and a cycle's letters are rehearsed before they go."""
