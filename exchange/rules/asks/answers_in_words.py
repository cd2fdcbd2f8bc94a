"""Answers of every kind as plain words, and with the texts in them changed. Who may read them, others say."""

from collections.abc import Callable, Mapping

from exchange.rules.asks.question_kinds import Answer, Value


def in_words(answer: Answer, rows: Mapping[str, str] | None = None) -> str:
    """The answer as text; of one with a row for each, a line each under the names of ``rows`` by id."""
    if isinstance(answer, Mapping):
        named = rows or {}
        return "\n".join(f"{named.get(key, key)}: {_value_in_words(value)}" for key, value in answer.items())
    return _value_in_words(answer)


def with_texts(answer: Answer, change: Callable[[str], str]) -> Answer:
    """The answer, each text in it changed; scores and the like stay."""
    if isinstance(answer, Mapping):
        return {key: _with_texts(value, change) for key, value in answer.items()}
    return _with_texts(answer, change)


def _value_in_words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)


def _with_texts(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, list):
        return [change(one) for one in value]
    return change(value) if isinstance(value, str) else value
