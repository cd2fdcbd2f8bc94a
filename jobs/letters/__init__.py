"""Ticks that put letters into the outbox; deliver_mail.py beside this folder sends them."""
