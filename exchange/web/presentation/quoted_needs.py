"""The need that a form is opened for, and those that a page quotes, as far as the reader may know."""

from collections.abc import Iterable, Sequence

from flask import request
from sqlmodel import Session

from exchange.access.things import thing_of_round
from exchange.answering.answered_needs import need_with_id, needs_answered_by
from exchange.models import Cycle, Need, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.whole_numbers import whole_number
from exchange.web.access.request_context import allowed


def asked_need(session: Session) -> Need | None:
    """The need that this form's address names ("?need=12"); None without, and for one that is closed."""
    need_id = whole_number(request.args.get("need", ""))
    need = need_with_id(session, need_id) if need_id is not None else None
    return None if need is None or need.is_closed or not _may_know(need) else need


def known_needs(session: Session, about: Cycle | TrainingEvent) -> Sequence[Need]:
    """The needs that it answers, of those the reader may know of."""
    return needs_known(needs_answered_by(session, about))


def needs_known(needs: Iterable[Need]) -> list[Need]:
    """Those of the needs that the reader may know of; each with its round and the cities that it asks."""
    return [need for need in needs if _may_know(need)]


def _may_know(need: Need) -> bool:
    return allowed(Right.READ, thing_of_round(need.round))
