"""The notes of an exchange: all answers that one reader may open, as one document to take along.

Under the Chatham House Rule nothing in it says who spoke. What is TLP:RED is not exported at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.answering.answer_status import party_name
from exchange.contributions.queries import files_handed_in, handed_in
from exchange.errors import Conflict
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Contribution,
    Cycle,
    GroupMember,
    Person,
)
from exchange.rules.asks.answers_in_words import in_words
from exchange.rules.markings.non_attribution import Spoken, unattributed
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.programme.stage_plan import CycleAsk


@dataclass(frozen=True)
class Note:
    """One answer; ``of`` says whose it is, "" where that is not to be said. Texts are Markdown."""

    of: str
    marking: Marking
    answers: Sequence[tuple[str, str]]
    practice_note: str
    links: Sequence[str]
    files: Sequence[str]


@dataclass(frozen=True)
class Notes:
    """The document. ``red`` counts what its reader may open and is left out all the same: at TLP:RED."""

    marking: Marking
    by_kind: Sequence[tuple[CycleAsk, Sequence[Note]]]
    red: int


def refuse_red(cycle: Cycle) -> None:
    """Raise Conflict for an exchange of which nothing leaves its pages."""
    if cycle.marking == Marking.RED:
        raise Conflict("At TLP:RED nothing is exported: answers are read on their pages.")


def notes_of(session: Session, cycle: Cycle, opened: Sequence[Contribution], *, withheld: str) -> Notes:
    """The document of the answers that its reader may open; ``withheld`` stands for names in it."""
    kept = [answer for answer in opened if handed_in(answer).marking != Marking.RED]
    clean = unattributed(_spoken(session, cycle, kept), withheld=withheld) if cycle.is_chatham_house else None
    markings = [Marking(cycle.marking), *(Marking(handed_in(answer).marking) for answer in kept)]
    found = []
    for kind in CycleAsk:
        of_kind = [answer for answer in kept if answer.party.ask.template == kind.template]
        found.append((kind, _in_order([_note(answer, clean) for answer in of_kind], clean is not None)))
    return Notes(max(markings, key=rank), found, len(opened) - len(kept))


def _note(answer: Contribution, clean: Callable[[str], str] | None) -> Note:
    version, plain = handed_in(answer), clean or str
    of = party_name(answer.party) + (f", {version.person.name}" if answer.addressee_id else "")
    asked = answer.party.ask.questions
    return Note(
        of="" if clean else of,
        marking=Marking(version.marking),
        answers=[(one.text, plain(in_words(version.answers.get(str(one.id), "")))) for one in asked],
        practice_note=plain(version.practice_note),
        # An address names a city more often than not, and so does the name of a file.
        links=() if clean else tuple(version.links),
        files=() if clean else tuple(file.name for file in files_handed_in(answer)),
    )


def _in_order(notes: list[Note], is_unattributed: bool) -> list[Note]:
    """As they came; without names in an order that says nothing of who they are, the same each time."""
    if not is_unattributed:
        return notes
    return sorted(notes, key=lambda note: sha256(repr((note.answers, note.practice_note)).encode()).digest())


def _spoken(session: Session, cycle: Cycle, answers: Iterable[Contribution]) -> Spoken:
    """Everybody who was asked or sits in a group of the exchange, whether they spoke or not."""
    people = [*_asked(session, cycle), *(version.person for one in answers for version in one.versions)]
    cities = {cycle.lead_city.name, *(city.name for city in cycle.cities)}
    return Spoken(
        people={person.name for person in people},
        places=cities | {person.city.name for person in people},
        groups={group.name for group in cycle.groups},
        topics=(cycle.title, cycle.theme.name),
    )


def _asked(session: Session, cycle: Cycle) -> list[Person]:
    of_cycle = (
        select(AskAddressee)
        .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .where(Ask.cycle_id == cycle.id)
    )
    asked = session.exec(of_cycle).all()
    seats = select(GroupMember.person_id).where(
        col(GroupMember.group_id).in_([group.id for group in cycle.groups])
    )
    ids = {one.person_id for one in asked} | {one.holder_id for one in asked} | set(session.exec(seats))
    found = select(Person).where(col(Person.id).in_(ids)).options(joinedload(Person.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
    return list(session.exec(found))
