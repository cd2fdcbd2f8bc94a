"""What a condition of SQL finds for a list is what the policy says of each row, but for names at RED."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product

import pytest
from sqlalchemy import ColumnElement
from sqlmodel import Session, select

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.access.kept_back import KeptBack, kept_back_from
from exchange.access.things import thing_about
from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.models import Cycle, Deliverable, Letter, Note, Person, Project, TrainingEvent
from exchange.personal_data.schema_export import tables_of, without_kept_back
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, MemberSpan, Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.trail.queries import things_named
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, make_training

IN_SPAN, AFTER_SPAN = date(2027, 3, 2), date(2028, 3, 2)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
NAMED = 1  # the one person who is named on what is at TLP:RED


@pytest.fixture
def everyone(database: Database) -> dict[str, Standing]:
    """A cycle and events of each marking, published and not, and everybody who may stand to them somehow."""
    with database.transaction() as session:
        host, party, other = (make_city(session, name) for name in ("Host", "Party", "Other"))
        person = make_person(session, "Named", city=other)
        assert person.id == NAMED
        group, theme = make_group(session, "Group", members=[person]), make_theme(session)
        for marking, is_published in product(Marking, (True, False)):
            named = {"named_ids": [NAMED]} if marking is Marking.RED else {}
            told = {"marking": marking, "is_published": is_published, **named}
            make_cycle(session, lead_city=host, cities=[party], groups=[group], theme=theme, **told)  # type: ignore[arg-type]  # of each field its own
            for on, invited in product((IN_SPAN, AFTER_SPAN), ([], [party])):
                make_training(session, host_city=host, cities=invited, on_local=on, **told)  # type: ignore[arg-type]  # as above
            make_training(session, host_city=host, groups=[group], on_local=IN_SPAN, **told)  # type: ignore[arg-type]  # as above
        return dict(_standings(host.id or 0, party.id or 0, other.id or 0, group.id or 0))


def _standings(host: int, party: int, other: int, group: int) -> Iterator[tuple[str, Standing]]:
    def of(city: int, **more: object) -> Standing:
        span = frozenset({MemberSpan(city, None, date(2027, 12, 31))})
        return Standing(9, is_in_network=True, cities=frozenset({city}), member_spans=span, **more)  # type: ignore[arg-type]  # of each field its own

    yield "a visitor", NOBODY
    yield "who left", Standing(9, left_cities=frozenset({party}))
    yield "the host's contact", of(host)
    yield "a lead who was invited", of(party, leads=frozenset({party}))
    yield "a contact elsewhere", of(other)
    yield "an expert of the group", Standing(9, is_in_network=True, groups=frozenset({group}))
    yield "who is named", Standing(NAMED, is_in_network=True, groups=frozenset({group}))
    yield "a board member", Standing(9, is_in_network=True, boards=frozenset({1}))
    yield "an auditor", Standing(9, is_in_network=True, audits=True)
    yield "a coordinator", Standing(9, is_in_network=True, plans=True)


def compare(
    session: Session, table: type[Cycle] | type[TrainingEvent], wanted: ColumnElement[bool], one: Standing
) -> int:
    """Hold what the condition finds to the policy's word on each row; how many rows may be read."""
    rows = session.exec(select(table)).all()
    found = {row.id for row in session.exec(select(table).where(wanted))}
    allowed = {row.id for row in rows if may(one, Right.READ, thing_about(row))}
    at_red = {row.id for row in rows if row.marking == Marking.RED}
    assert allowed <= found
    assert found - at_red == allowed - at_red
    return len(allowed)


def test_lists_find_what_the_policy_allows(database: Database, everyone: dict[str, Standing]) -> None:
    counts = {}
    with database.reading() as session:
        for name, one in everyone.items():
            cycles = compare(session, Cycle, readable_cycles(one), one)
            counts[name] = cycles, compare(session, TrainingEvent, readable_trainings(one), one)
    assert len(set(counts.values())) > 4  # they differ: the comparison says something
    assert counts["a coordinator"] > counts["the host's contact"] > counts["a visitor"] > (0, 0)


def test_what_is_kept_back_is_what_is_red_and_names_others(
    database: Database, everyone: dict[str, Standing]
) -> None:
    with database.reading() as session:
        rows = [*session.exec(select(Cycle)), *session.exec(select(TrainingEvent))]
        named = kept_back_from(session, everyone["who is named"])
        other = kept_back_from(session, everyone["a coordinator"])
    assert named == KeptBack(frozenset(), frozenset())
    assert [row for row in rows if other.holds(row)] == [row for row in rows if row.marking == Marking.RED]
    assert {other.holds_item(f"cycle:{row.id}") for row in rows if isinstance(row, Cycle)} == {True, False}


def test_projects_and_notes_at_red_are_kept_back_with_their_letters_their_trail_and_their_rows(
    database: Database, everyone: dict[str, Standing]
) -> None:
    """A list of letters told the subject of a note for named people; an export told who was named on both."""
    coordinator, named = everyone["a coordinator"], everyone["who is named"]
    with database.transaction() as session:
        person = session.get_one(Person, named.person_id)
        project = Project(
            name="Quiet work",
            source="commission",
            commission="A ministry",
            starts_on=date(2027, 1, 4),
            lead_city_id=person.city_id,
            marking=Marking.RED,
            named_ids=[person.id],
            created_at=NOW,
        )
        note = Note(
            subject="Quiet words",
            text="Quiet.",
            marking=Marking.RED,
            named_ids=[person.id],
            author_id=person.id or 0,
            created_at=NOW,
            sent_at=NOW,
        )
        session.add_all([project, note])
        session.flush()
        owed = Deliverable(
            project_id=project.id or 0,
            text="A quiet report",
            owner_id=person.id,
            due_on=date(2027, 3, 1),
            created_at=NOW,
        )
        session.add(owed)
        letter = ComposedLetter(subject=note.subject, text="Quiet.", html="<p>Quiet.</p>")
        queue(session, letter, to=person, once_key="1", kind="note", why="Named.", now=NOW, note_id=note.id)
    with database.reading() as session:
        held = tables_of(session, session.get_one(Person, named.person_id))
        for one, sees in ((coordinator, False), (named, True)):
            kept = kept_back_from(session, one)
            assert (kept.project_ids, kept.note_ids) == (
                (frozenset(), frozenset()) if sees else (frozenset({project.id}), frozenset({note.id}))
            )
            letters = session.exec(select(Letter).where(Letter.note_id == note.id, kept.other_letters)).all()
            assert bool(letters) is sees
            left = without_kept_back(session, held, kept)
            for table in ("project", "note", "deliverable"):
                assert (table in left) is sees, table
            keys = {f"project:{project.id}", f"deliverable:{owed.id}", f"note:{note.id}"}
            things = things_named(session, keys)
            assert set(things) == keys
            assert all(thing and may(one, Right.READ, thing) is sees for thing in things.values())
