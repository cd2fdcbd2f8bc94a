"""What people want of an event's preparation, checked but not saved: its objectives.

It knows neither forms nor the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.time.timezones import NonexistentTime, WallTime, instant
from exchange.rules.typed_links import is_link

OBJECTIVES_LEAST, OBJECTIVES_MOST = 3, 5  # HSEEP: few enough to be met and looked at
TEAM_MOST = 30  # a planning team sits at one table
MEETING_LEAST_MINUTES, MEETING_MOST_MINUTES = 15, 24 * 60


@dataclass(frozen=True)
class ObjectiveDraft:
    """One objective as a form has it; ``rating`` is a letter of models.Rating, "" for not rated."""

    text: str
    theme_id: int | None = None
    rating: str = ""
    need_id: int | None = None


@dataclass(frozen=True)
class HourDraft:
    """When on its day a planning meeting begins, on the event's clock, and how people get there."""

    starts_local: time
    minutes: int
    place: str = ""
    join_link: str = ""


def checked_hour(draft: HourDraft, on: date, time_zone: str) -> HourDraft:
    """The hour, one that there is on that day. Raises InvalidInput at the field that is wrong."""
    if not MEETING_LEAST_MINUTES <= draft.minutes <= MEETING_MOST_MINUTES:
        raise InvalidInput(
            "A planning meeting lasts from %(least)s minutes to a day (%(most)s minutes).",
            field="minutes",
            least=MEETING_LEAST_MINUTES,
            most=MEETING_MOST_MINUTES,
        )
    try:
        instant(WallTime(on, draft.starts_local, time_zone))
    except NonexistentTime as gap:
        raise InvalidInput(gap.template, field="at", **gap.values) from gap
    refuse_state_secrets(draft.place, field="place")
    link = draft.join_link.strip()
    if link and not is_link(link):
        raise InvalidInput("A link for joining begins with https://.", field="join_link")
    refuse_state_secrets(link, field="join_link")
    return replace(draft, place=draft.place.strip(), join_link=link)


def with_saved_ratings(
    drafts: Sequence[ObjectiveDraft], saved: Sequence[ObjectiveDraft]
) -> list[ObjectiveDraft]:
    """The drafts of an event that is not over, with the ratings it has from before it was ahead again.

    A rating goes with its objective, wherever that stands, and stays with one that is worded anew in its row.
    Raises InvalidInput for another rating.
    """
    ratings = {_told(one): one.rating for one in saved}
    kept = {_told(one) for one in drafts}
    rows = [*saved, *[ObjectiveDraft("")] * len(drafts)]
    anew = ["" if _told(was) in kept else was.rating for was in rows]
    found = []
    for one, was, fresh in zip(drafts, rows, anew, strict=False):
        is_typed = one.rating not in {"", was.rating}
        if is_typed and one.text.strip():
            raise InvalidInput("Objectives are rated once the event is over.")
        saved_rating = ratings.get(_told(one), fresh) if one.text.strip() else ""
        found.append(one if is_typed else replace(one, rating=saved_rating))
    return found


def checked_objectives(drafts: Sequence[ObjectiveDraft]) -> list[ObjectiveDraft]:
    """Those with a text, in their order: three to five, or none yet.

    Raises InvalidInput for another number, for one text twice, and for a rating without an objective.
    """
    found = [one for one in drafts if one.text.strip()]
    if any(one.rating and not one.text.strip() for one in drafts):
        raise InvalidInput("A rating needs an objective beside it.")
    if found and not OBJECTIVES_LEAST <= len(found) <= OBJECTIVES_MOST:
        raise InvalidInput("Give three to five objectives, or none yet.")
    texts = [_told(one) for one in found]
    if len(set(texts)) < len(texts):
        raise InvalidInput("Two objectives say the same.")
    for one in found:
        refuse_state_secrets(one.text, field="objectives")
    return found


def _told(draft: ObjectiveDraft) -> str:
    """By what two objectives are the same."""
    return draft.text.strip().casefold()
