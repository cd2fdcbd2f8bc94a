"""Wordings as pages need them: in force, their versions with differences, and readers to try them on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from difflib import ndiff

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.mail.called_for import NEW_VERSION, PUBLICATION
from exchange.mail.compose import folder_of
from exchange.mail.edited import NETWORK, Edited, default_wording, load_wordings
from exchange.mail.live import cycle_with_readers
from exchange.mail.schedule import Planned, planned_for_cycle, planned_for_training
from exchange.models import Cycle, LetterWording, TrainingEvent
from exchange.rules.stage_plan import LetterRule, StagePlan
from exchange.wordings.drafts import Scope
from exchange.wordings.offers import is_of_events, rules_of

# What is out is told to each reader either as the first or as a new version: both have the same readers.
_SAME_READERS = {PUBLICATION: NEW_VERSION, NEW_VERSION: PUBLICATION}
BEFORE_ANY_LETTER_DAYS = 90  # earlier than any letter of a cycle or an event leaves


@dataclass(frozen=True)
class Worded:
    """One letter of the list: how its subject reads, and where that wording comes from."""

    rule: LetterRule
    subject: str
    is_of_network: bool
    is_of_cycle: bool


@dataclass(frozen=True)
class Version:
    """One version and its difference from the one before: lines with " ", "-" or "+"."""

    row: LetterWording
    lines: list[tuple[str, str]]


def worded_letters(session: Session, plan: StagePlan, cycle_id: int | None) -> list[Worded]:
    """Every letter that can be worded, in the order of the plan; for a cycle without those of events."""
    wordings = load_wordings(session)
    found = []
    for rule in rules_of(plan).values():
        if cycle_id is not None and is_of_events(rule):
            continue
        edited = wordings.of(rule.key, cycle_id) or default_wording(folder_of(rule))
        found.append(
            Worded(
                rule,
                edited.subject,
                is_of_network=(rule.key, None) in wordings.edited,
                is_of_cycle=cycle_id is not None and (rule.key, cycle_id) in wordings.edited,
            )
        )
    return found


def wording_in_force(session: Session, scope: Scope) -> Edited:
    """How the letter reads in this scope: as worded there, else in the network, else as it came."""
    found = load_wordings(session).of(scope.rule.key, scope.cycle_id)
    return found or default_wording(folder_of(scope.rule))


def last_version(session: Session, scope: Scope) -> LetterWording | None:
    """The newest version of the scope; None when nobody ever worded it there."""
    return session.exec(
        select(LetterWording)
        .where(LetterWording.scope == scope.key, LetterWording.letter == scope.rule.key)
        .order_by(col(LetterWording.number).desc())
    ).first()


def versions_of(session: Session, scope: Scope) -> list[Version]:
    """All versions of the scope, the newest first, each with what it changed."""
    rows = session.exec(
        select(LetterWording)
        .where(LetterWording.scope == scope.key, LetterWording.letter == scope.rule.key)
        .options(joinedload(LetterWording.person))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(LetterWording.number))
    ).all()
    without = load_wordings(session).of(scope.rule.key, None) if scope.key != NETWORK else None
    came = without or default_wording(folder_of(scope.rule))
    before, found = came, []
    for row in rows:
        after = came if row.is_default else Edited(row.subject, row.body)
        found.append(Version(row, _difference(before, after)))
        before = after
    return found[::-1]


def cycles_to_word(session: Session) -> Sequence[Cycle]:
    """Cycles that may get a wording of their own: all but the cancelled, the latest first."""
    return session.exec(
        select(Cycle).where(col(Cycle.cancelled_at).is_(None)).order_by(col(Cycle.starts_on).desc())
    ).all()


def examples(session: Session, scope: Scope, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Real letters of this kind: of the scope's cycle, else of the cycle or event that comes next."""
    if is_of_events(scope.rule):
        found = _event_letters(session, now)
    else:
        cycle_id = scope.cycle_id or _next_cycle_id(session, now)
        found = _cycle_letters(session, cycle_id, plan) if cycle_id else []
    for kind in (scope.rule.key, _SAME_READERS.get(scope.rule.key, "")):
        if of_kind := [one for one in found if one.kind == kind]:
            return [replace(one, letter=replace(one.letter, rule=scope.rule)) for one in of_kind]
    return []


def _cycle_letters(session: Session, cycle_id: int, plan: StagePlan) -> list[Planned]:
    cycle = cycle_with_readers(session, cycle_id)
    return planned_for_cycle(session, cycle, plan=plan, now=_long_before(cycle.starts_on))


def _event_letters(session: Session, now: datetime) -> list[Planned]:
    trainings = select(TrainingEvent).where(col(TrainingEvent.cancelled_at).is_(None))
    coming = trainings.where(col(TrainingEvent.on_local) >= now.date()).order_by(col(TrainingEvent.on_local))
    last = trainings.order_by(col(TrainingEvent.on_local).desc())
    training = session.exec(coming).first() or session.exec(last).first()
    if training is None:
        return []
    return planned_for_training(session, training, now=_long_before(training.on_local))


def _next_cycle_id(session: Session, now: datetime) -> int | None:
    cycles = select(Cycle.id).where(col(Cycle.cancelled_at).is_(None))
    coming = cycles.where(col(Cycle.starts_on) >= now.date()).order_by(col(Cycle.starts_on))
    return session.exec(coming).first() or session.exec(cycles.order_by(col(Cycle.starts_on).desc())).first()


def _long_before(on: date) -> datetime:
    return datetime.combine(on - timedelta(days=BEFORE_ANY_LETTER_DAYS), time(0), UTC)


def _difference(before: Edited, after: Edited) -> list[tuple[str, str]]:
    lines = ndiff(_lines(before), _lines(after))
    return [(line[0], line[2:]) for line in lines if line[0] in " -+"]


def _lines(edited: Edited) -> list[str]:
    return [edited.subject, *edited.body.splitlines()]
