"""Somebody's name and addresses taken out of texts: letters to them and about them, mail that came in,
what the programme says, and what was said under the Chatham House Rule.

It knows texts by the names and addresses the database holds of the person; it changes no decision.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape
from sqlalchemy import ColumnElement, Table, case, or_, select, update
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from exchange.answering.personal_links import TAKEN_OUT
from exchange.feeds.publishing.invalidation import mark_all_stale, touch
from exchange.lifecycle import finish_change
from exchange.mail.schedule import told_dates
from exchange.models import (
    Ask,
    AskParty,
    Contribution,
    ContributionVersion,
    Cycle,
    Invitation,
    Letter,
    Person,
    Sitting,
    Stage,
    TrainingEvent,
)
from exchange.rules.asks.answers_in_words import with_texts
from exchange.rules.markings.non_attribution import Spoken, unattributed

_TABLES = SQLModel.metadata.tables
_LETTERS, _MAIL = _TABLES["letter"], _TABLES["handled_mail"]
_ABOUT: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (_LETTERS, ("subject", "text", "html", "why", "last_answer")),
    (_MAIL, ("sender", "outcome", "comment")),
    (_TABLES["rights_request"], ("answer",)),
    (_TABLES["preparation_step"], ("moved_reason", "waived_reason", "place")),
    (_TABLES["training_objective"], ("text",)),
    (_TABLES["lesson"], ("title", "text", "source", "state_reason")),
    (_TABLES["lesson_progress"], ("note",)),
    (_TABLES["improvement_action"], ("text", "note", "evidence")),
    (_TABLES["need"], ("reason", "closing_reason")),
    (_TABLES["feedback_text"], ("text",)),
    (_TABLES["nomination"], ("word",)),
    (_TABLES["training_event"], ("welfare",)),
    (_TABLES["training_link"], ("label",)),
    (_TABLES["city"], ("welfare",)),
    (_TABLES["expert_group"], ("description",)),
    (_TABLES["board"], ("description",)),
    (_TABLES["board_meeting"], ("agenda", "place", "reason", "record")),
    (_TABLES["board_paper"], ("label",)),
    (_TABLES["decision"], ("text",)),
)
Clean = Callable[[str], str]
Entry = Stage | Sitting | TrainingEvent
WITHHELD = "[…]"  # in the place of a name that was spoken under the rule


@dataclass(frozen=True)
class Called:
    """What somebody was called here, and where their letters went."""

    names: frozenset[str]
    addresses: frozenset[str]


def called(session: Session, person: Person) -> Called:
    """All names and addresses that the database knows of the person, of today and before."""
    letters = session.exec(
        select_rows(Letter.to_name, Letter.to_address).where(Letter.person_id == person.id).distinct()
    ).all()
    invited = session.exec(
        select_rows(Invitation.sent_to).where(Invitation.person_id == person.id).distinct()
    ).all()
    names = {person.name, *(name for name, _ in letters)}
    addresses = {person.email, *(address for _, address in letters), *invited}
    return Called(frozenset(filter(None, names)), frozenset(filter(None, addresses)))


def redact_letters(session: Session, person: Person, was: Called) -> None:
    """Empty the letters to the person, who has their new name by now; put it into letters of others."""
    own = _LETTERS.c.person_id == person.id
    had_calendar = case((_LETTERS.c.calendar == "", ""), else_=TAKEN_OUT)
    session.connection().execute(
        update(_LETTERS)
        .where(own)
        .values(
            to_name=person.name,
            to_address=person.email,
            text="",
            html="",
            calendar=had_calendar,
            unsubscribe_url="",
            last_answer="",
        )
    )
    theirs = _MAIL.c.person_id == person.id
    session.connection().execute(update(_MAIL).where(theirs).values(sender="", comment="", is_offered=False))
    for table, columns in _ABOUT:
        _replace(session, table, columns, was, person)
    mark_all_stale(session)  # an agenda may stand in calendars


def redact_programme(session: Session, person: Person, was: Called, now: datetime) -> None:
    """Put the person's new name where exchanges and events name them; calendars and open forms follow.

    Their briefs and descriptions, agendas, and why they were called off. A title stays: the page says so.
    """
    put = _putter(was, person)
    for cycle in session.exec(select_rows(Cycle)):
        agendas = {meeting: put(text) for meeting, text in cycle.agendas.items()}
        if _put_into(cycle, ("brief", "reason"), put) or agendas != cycle.agendas:
            cycle.agendas = agendas
            _follow(session, cycle, [*cycle.stages, *cycle.sittings], now)
    for training in session.exec(select_rows(TrainingEvent)):
        if _put_into(training, ("description", "agenda", "reason"), put):
            _follow(session, training, [training], now)


def _put_into(row: Cycle | TrainingEvent, columns: Collection[str], put: Clean) -> bool:
    """Whether any of the columns named somebody."""
    changed = {name: text for name in columns if (text := put(getattr(row, name))) != getattr(row, name)}
    for name, text in changed.items():
        setattr(row, name, text)
    return bool(changed)


def _follow(
    session: Session, about: Cycle | TrainingEvent, entries: Collection[Entry], now: datetime
) -> None:
    about.changed_at = now
    if about.published_at:
        for entry in entries:
            touch(entry, now)
    finish_change(session, about, told_dates.facts_of(about), now)


def redact_spoken(session: Session, person: Person, was: Called) -> int:
    """Withhold the person where answers under the Chatham House Rule name them; in how many texts.

    Notes that are taken along later could not: nobody knows the name any more.
    """
    clean = unattributed(Spoken(people=was.names, places=()), withheld=WITHHELD)
    plain = unattributed(Spoken(people=(), places=()), withheld=WITHHELD)
    of_rule = (
        select(col(Contribution.id))
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .join(Cycle, col(Ask.cycle_id) == Cycle.id, isouter=True)
        .join(TrainingEvent, col(Ask.training_id) == TrainingEvent.id, isouter=True)
        .where(col(Cycle.is_chatham_house) | col(TrainingEvent.is_chatham_house))
    )
    drafts = session.exec(select_rows(Contribution).where(col(Contribution.id).in_(of_rule)))
    versions = session.exec(
        select_rows(ContributionVersion).where(col(ContributionVersion.contribution_id).in_(of_rule))
    )
    return sum(_withhold(row, clean, plain) for row in (*drafts, *versions))


def _withhold(row: Contribution | ContributionVersion, clean: Clean, plain: Clean) -> int:
    """Clean each text of the row that names the person; how many did."""

    def withheld(text: str) -> str:
        found = clean(text)
        return found if found != plain(text) else text

    answers = {key: with_texts(answer, withheld) for key, answer in row.answers.items()}
    note = withheld(row.practice_note)
    changed = sum(answers[key] != answer for key, answer in row.answers.items()) + (note != row.practice_note)
    if changed:
        row.answers, row.practice_note = answers, note
    return changed


def _replace(session: Session, table: Table, columns: Collection[str], was: Called, person: Person) -> None:
    """The person's new name and address in the place of the old ones, in rows that hold one of those."""
    known = {*was.names, *was.addresses} | {str(escape(name)) for name in was.names}
    holds: ColumnElement[bool] = or_(
        *(table.c[name].icontains(text, autoescape=True) for name in columns for text in known)
    )
    put = _putter(was, person)
    rows = session.connection().execute(
        select(table.c.id, *(table.c[name] for name in columns)).where(holds).with_for_update()
    )
    for row in rows.mappings().all():
        values = {name: put(row[name]) for name in columns}
        session.connection().execute(update(table).where(table.c.id == row["id"]).values(values))


def _putter(was: Called, person: Person) -> Clean:
    addresses, names = (
        _pattern(was.addresses),
        _pattern({*was.names, *(str(escape(name)) for name in was.names)}),
    )

    def put(text: str) -> str:
        return names.sub(lambda _found: person.name, addresses.sub(lambda _found: person.email, text))

    return put


def _pattern(texts: Collection[str]) -> re.Pattern[str]:
    """Whole words only: "Li" is a part of too many others."""
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
