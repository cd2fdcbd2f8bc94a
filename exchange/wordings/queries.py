"""Wordings as pages need them: in force, and their versions with differences."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.mail.writing.compose import folder_of
from exchange.mail.writing.custom_wording import NETWORK, Edited, default_wording, load_wordings
from exchange.models import Cycle, LetterWording
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import LetterRule, StagePlan
from exchange.rules.text_comparison import all_lines
from exchange.wordings.available_placeholders import is_per_cycle, rules_of
from exchange.wordings.drafts import Scope

_MARKS = {"kept": " ", "removed": "-", "added": "+"}


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
    """Every letter that can be worded, in the order of the plan; for a cycle those it may word itself."""
    wordings = load_wordings(session)
    found = []
    for rule in rules_of(plan).values():
        if cycle_id is not None and not is_per_cycle(rule):
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
    """Cycles that may get a wording of their own: all but the cancelled and those at TLP:RED,
    whose letters say nothing, the latest first."""
    return session.exec(
        select(Cycle)
        .where(col(Cycle.cancelled_at).is_(None), col(Cycle.marking) != Marking.RED)
        .order_by(col(Cycle.starts_on).desc())
    ).all()


def _difference(before: Edited, after: Edited) -> list[tuple[str, str]]:
    lines = all_lines(f"{before.subject}\n{before.body}", f"{after.subject}\n{after.body}")
    return [(_MARKS[line.kind], line.text) for line in lines]
