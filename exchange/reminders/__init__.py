"""Reminders: what is due goes into the outbox. A capability without pages."""
