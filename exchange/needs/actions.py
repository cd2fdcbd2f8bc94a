"""What is decided about a needs round, each decision with its audit entry.

What the board decides is in ranking.py. Given session, actor and ``now``; commits nothing and knows no pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.ask_changes import change_last_day, close_ask, reopen_ask
from exchange.answering.ask_opening import Invited, Opening, open_ask
from exchange.errors import Conflict, InvalidInput
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.models import (
    AskRow,
    City,
    NeedsRound,
    NeedsRoundTheme,
    NeedsShowing,
    Person,
    RoundState,
)
from exchange.needs import queries
from exchange.needs.drafts import RoundDraft, check_days, check_draft
from exchange.needs.given_answers import ASKED, ask_of_round
from exchange.rules.asks.question_kinds import RowOf
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.needs.round_results import Shown
from exchange.rules.results.small_groups import may_follow
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.timezones import wall_time


@dataclass(frozen=True)
class Decider:
    """Who decides, and when."""

    actor: Person
    now: datetime


def plan_round(session: Session, draft: RoundDraft, *, by: Decider) -> NeedsRound:
    """A new round, as a draft that asks nobody. Raises InvalidInput (see drafts), also for a year taken."""
    check_draft(draft)
    _check_year_is_free(session, draft.year, None)
    found = NeedsRound(
        year=draft.year,
        opens_on=draft.opens_on,
        closes_on=draft.closes_on,
        city_id=draft.city_id,
        marking=draft.marking,
        created_at=by.now,
    )
    _fill(session, found, draft)
    session.add(found)
    session.flush()
    record(session, found, "plan needs round", by, after=_facts(found))
    return found


def edit_round(session: Session, found: NeedsRound, draft: RoundDraft, *, by: Decider) -> None:
    """Make the draft of a round what this says. Raises Conflict once people were asked, and InvalidInput."""
    if found.state is not RoundState.DRAFT:
        raise Conflict("The round was opened: its themes and cities stay as they were asked.")
    check_draft(draft)
    _check_year_is_free(session, draft.year, found.id)
    before = _facts(found)
    found.year, found.opens_on, found.closes_on = draft.year, draft.opens_on, draft.closes_on
    found.city_id, found.marking = draft.city_id, draft.marking
    found.themes = []
    session.flush()  # positions are unique: the old rows go before the new ones come
    _fill(session, found, draft)
    changed(session, found)
    record(session, found, "edit needs round", by, before=before, after=_facts(found))


def open_round(session: Session, found: NeedsRound, template: AskTemplate, *, by: Decider) -> None:
    """Ask the people of its cities, who may answer from its first day on. Raises Conflict where it was."""
    if found.state is not RoundState.DRAFT:
        raise Conflict("The round was opened already.")
    _check_still_ahead(found, found.closes_on, by.now)
    found.opened_at = by.now
    names = {theme.id: theme.name for theme in queries.themes_to_ask(session)}
    for theme in found.themes:  # from here on it is shown by this name
        theme.name = names.get(theme.theme_id, theme.name)
    changed(session, found)
    _ask(session, found, template, by)
    record(session, found, "open needs round", by, after={"closes on": found.closes_on.isoformat()})


def close_round(session: Session, found: NeedsRound, pictures: Sequence[Shown], *, by: Decider) -> bool:
    """Nobody answers any more, and results are shown. Whether those are the answers of now.

    ``pictures`` are those shown before, in order, and last the one of now. False: too few answers are new,
    and what was shown stays as it was.
    """
    if found.state not in {RoundState.OPEN, RoundState.REOPENED}:
        raise Conflict("The round is not open.")
    found.closed_at = by.now
    ask = ask_of_round(session, found)
    if ask is not None and ask.closed_at is None:
        close_ask(session, ask, version=ask.version, actor=by.actor, now=by.now)
        withdraw_chasing_about(session, ask, "The needs round was closed.")
    *earlier, new = pictures
    is_new = may_follow(earlier, new)
    if is_new:
        found.showings.append(NeedsShowing(round_id=found.id or 0, as_of=by.now))
    changed(session, found)
    record(session, found, "close needs round", by, after={"shown": is_new})
    return is_new


def reopen_round(session: Session, found: NeedsRound, closes_on: date, *, reason: str, by: Decider) -> None:
    """People may answer again until another day; results are shown to nobody until it is closed again."""
    if found.state is not RoundState.CLOSED:
        raise Conflict("The round is not closed.")
    refuse_state_secrets(reason, field="reason")
    found.reopened_at, found.closed_at = by.now, None
    ask = ask_of_round(session, found)
    if ask is not None and ask.closed_at is not None:
        reopen_ask(session, ask, version=ask.version, actor=by.actor, now=by.now)
    _move_last_day(session, found, closes_on, "reopen needs round", reason, by)


def move_last_day(session: Session, found: NeedsRound, closes_on: date, *, reason: str, by: Decider) -> None:
    """Another last day for answers to a round that is open."""
    if found.state not in {RoundState.OPEN, RoundState.REOPENED}:
        raise Conflict("The round is not open.")
    refuse_state_secrets(reason, field="reason")
    _move_last_day(session, found, closes_on, "move last day of needs round", reason, by)


def changed(session: Session, found: NeedsRound) -> None:
    """A new version of the round."""
    found.version += 1
    session.add(found)
    session.flush()


def record(
    session: Session,
    found: NeedsRound,
    action: str,
    by: Decider,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """One entry in the audit trail."""
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"needs round:{found.id}",
        before=before,
        after=after,
        now=by.now,
        reason=reason.strip(),
    )


def _fill(session: Session, found: NeedsRound, draft: RoundDraft) -> None:
    themes = {theme.id: theme for theme in queries.themes_to_ask(session)}
    chosen = session.exec(select(City).where(col(City.id).in_({*draft.city_ids, draft.city_id}))).all()
    cities = [city for city in chosen if city.id in draft.city_ids]
    if len(cities) < len(draft.city_ids) or draft.city_id not in {city.id for city in chosen}:
        raise InvalidInput("Choose among the cities offered.", field="cities")
    if not set(draft.theme_ids) <= set(themes):
        raise InvalidInput("Choose among the themes offered.", field="themes")
    found.cities = cities
    found.themes = [
        NeedsRoundTheme(round_id=found.id or 0, theme_id=one, position=n, name=themes[one].name)
        for n, one in enumerate(draft.theme_ids, 1)
    ]


def _ask(session: Session, found: NeedsRound, template: AskTemplate, by: Decider) -> None:
    rows = [
        AskRow(ask_id=0, position=0, per=RowOf.THEME, title=one.name, theme_id=one.theme_id)
        for one in found.themes
    ]
    begins = closes_at(found.opens_on - timedelta(days=1), found.city.time_zone)  # the day before is over
    opens_at = begins if begins > by.now else None
    opening = Opening(template, found.closes_on, opens_at=opens_at, rows=rows)
    people = Invited(queries.people_to_ask(session, found))
    ask = open_ask(session, found, opening, [people], actor=by.actor, now=by.now)
    found.asked = {name: one.id or 0 for name, one in zip(ASKED, ask.questions, strict=False)}
    session.flush()


def _check_year_is_free(session: Session, year: int, own_id: int | None) -> None:
    taken = session.exec(select(NeedsRound.id).where(NeedsRound.year == year)).first()
    if taken is not None and taken != own_id:
        raise InvalidInput("There is a round of %(year)s already.", field="year", year=year)


def _check_still_ahead(found: NeedsRound, closes_on: date, now: datetime) -> None:
    if closes_on < wall_time(now, found.city.time_zone).on:
        raise InvalidInput("Its last day is over. Give a day from today on.", field="closes_on")


def _move_last_day(
    session: Session, found: NeedsRound, closes_on: date, action: str, reason: str, by: Decider
) -> None:
    check_days(found.opens_on, closes_on)
    _check_still_ahead(found, closes_on, by.now)
    if not reason.strip():
        raise InvalidInput("Write the reason: it is kept for good.", field="reason")
    before, found.closes_on = found.closes_on, closes_on
    ask = ask_of_round(session, found)
    if ask is not None:
        change_last_day(session, ask, closes_on, version=ask.version, actor=by.actor, now=by.now)
        withdraw_chasing_about(session, ask, "The needs round has another last day.")
    changed(session, found)
    record(
        session,
        found,
        action,
        by,
        before={"closes on": before.isoformat()},
        after={"closes on": closes_on.isoformat()},
        reason=reason,
    )


def _facts(found: NeedsRound) -> dict[str, object]:
    return {
        "year": found.year,
        "opens on": found.opens_on.isoformat(),
        "closes on": found.closes_on.isoformat(),
        "marking": found.marking,
        "cities": sorted(city.id or 0 for city in found.cities),
        "themes": [one.theme_id for one in found.themes],
    }
