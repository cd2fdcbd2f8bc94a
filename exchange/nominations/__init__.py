"""Colleagues whom invited people name for a meeting. It invites nobody by itself: a coordinator decides."""
