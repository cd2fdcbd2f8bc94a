"""Decisions of boards, as far as a reader may know of them."""

from exchange.answering.decisions.known import known_decision, known_decisions

__all__ = ["known_decision", "known_decisions"]
