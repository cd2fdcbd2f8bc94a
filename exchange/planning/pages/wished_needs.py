"""The needs that the form of a plan offers, and those that were ticked. They save nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from exchange.answering.answered_needs import open_needs
from exchange.errors import InvalidInput
from exchange.models import Need
from exchange.models.trainings import NOT_TRAINING
from exchange.needs.results import results_by_round
from exchange.planning.wishes.wishes import EXCHANGE, WishedNeed, Wishes
from exchange.web.presentation.quoted_needs import needs_known
from exchange.web.presentation.words import TRAINING_KINDS

KINDS = {EXCHANGE: _l("Exchange")} | {
    kind.value: words for kind, words in TRAINING_KINDS.items() if kind not in NOT_TRAINING
}


@dataclass(frozen=True)
class OfferedNeed:
    """A need that nothing answers yet; ``wanted`` is the kind of event that its round wanted most."""

    need: Need
    wanted: str
    is_wished: bool
    kind: str


def offered_needs(session: Session, typed: Mapping[str, str], wishes: Wishes | None) -> list[OfferedNeed]:
    """All that the reader may know of, ticked as they were typed or, where nothing was, as in the wishes."""
    needs = needs_known(open_needs(session).values())
    results = results_by_round(session, list({one.round_id: one.round for one in needs}.values()))
    ticked = {one.need_id: one.kind for one in wishes.needs} if wishes else {}
    found = []
    for need in needs:
        shown = results.get(need.round_id)
        theme = shown.theme(need.theme_id) if shown else None
        wanted = theme.network.format_wanted if theme and theme.network else ""
        kind = typed.get(f"need-kind-{need.id}") or ticked.get(need.id or 0, EXCHANGE)
        is_wished = f"need-{need.id}" in typed or need.id in ticked
        found.append(OfferedNeed(need, wanted, is_wished, kind))
    return found


def wished_needs(session: Session, typed: Mapping[str, str], wishes: Wishes) -> tuple[WishedNeed, ...]:
    """Those that were ticked, in the board's order. Raises InvalidInput for a kind that is not planned."""
    found = [one for one in offered_needs(session, typed, None) if one.is_wished]
    for one in found:
        if one.kind not in KINDS:
            raise InvalidInput("Choose what %(theme)s is to be planned as.", theme=one.need.theme_name)
        if not (wishes.has_cycles if one.kind == EXCHANGE else wishes.has_trainings):
            raise InvalidInput(
                "%(theme)s is to be planned as a kind that this plan does not have.",
                theme=one.need.theme_name,
            )
    return tuple(WishedNeed(one.need.id or 0, one.kind) for one in found)
