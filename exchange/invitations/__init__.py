"""Invitations: whom a meeting asks to come, in letters that calendars understand, and who comes."""
