"""The page of the trail: who may open it, what of it each reader sees, paging, filters, and the table."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from exchange.audit import record, verify
from exchange.audit.markings import record_marking
from exchange.db import Database
from exchange.models import AuditEntry, Deliverable, Note, Person, Project, ProjectSource, Role
from tests.factories import make_city, make_cycle, make_group, make_person, make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.statements import statements_for

READERS = {Role.AUDITOR, Role.COORDINATOR}
CANARY = "CANARY"
NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)


class Network:
    """People of each role, and a trail about things of each marking."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as session:
            city = make_city(session)
            self.people = {role: make_person(session, f"P {role}", city=city, roles=[role]) for role in Role}
            self.nobody = make_person(session, "No Role", city=city, roles=[])
            group = make_group(session, members=[self.people[Role.AUDITOR]])
            self.cycles = {
                f"{marking}{named}": make_cycle(
                    session,
                    lead_city=city,
                    marking=marking,
                    groups=[group] if named else [],
                    named_ids=[self.people[Role.AUDITOR].id] if named else [],
                ).id
                for marking in ("TLP:CLEAR", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
                for named in ("", " named")
            }
            self.draft = make_cycle(session, lead_city=city, marking="TLP:CLEAR", is_published=False).id
            self.event = make_training(session, host_city=city, marking="TLP:RED").id

    def record(
        self, subject: str, text: str, by: Role | None = None, *, action: str = "edit cycle", **after: object
    ) -> int:
        with self.database.transaction() as session:
            entry = record(
                session,
                actor=self.people[by] if by else None,
                action=action,
                subject=subject,
                before={"title": text},
                after={"title": text, **after},
                reason=text,
                now=self.clock(),
            )
            return entry.id or 0

    def actions(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.exec(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
def network(database: Database, clock: HandClock) -> Network:
    return Network(database, clock)


def numbers_on(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-label="Entry" class="number">(\d+)<', page)]


def test_trail_is_open_to_auditors_and_coordinators_alone(network: Network, sign_in: SignIn) -> None:
    people: list[tuple[Person, bool]] = [(one, role in READERS) for role, one in network.people.items()]
    for person, may in [*people, (network.nobody, False)]:
        browser = sign_in(person)
        for path in ("/audit", "/audit.csv"):
            assert (browser.get(path).status_code == 200) is may, (person.name, path)
        assert ('href="/audit"' in browser.get("/").text) is may
    assert sign_in(network.people[Role.EXPERT]).application.test_client().get("/audit").status_code == 303


def test_texts_above_the_reader_are_hidden_on_the_page_and_in_the_table(
    network: Network, sign_in: SignIn
) -> None:
    """Each marking with and without the reader's group; what an entry tells counts beside its subject."""
    texts = {f"cycle:{number}": f"{CANARY} {name}." for name, number in network.cycles.items()}
    for subject, text in texts.items():
        network.record(subject, text)
    network.record(f"cycle:{network.draft}", f"{CANARY} draft.")
    network.record("cycle:99999", f"{CANARY} deleted.")
    network.record(f"training:{network.event}", f"{CANARY} event.")
    network.record("plan:3", f"{CANARY} plan.")
    network.record(f"wording:E3:cycle:{network.cycles['TLP:RED']}", f"{CANARY} wording.")
    network.record(
        f"cycle:{network.cycles['TLP:CLEAR']}", f"{CANARY} answer.", marking="TLP:RED", action="submit answer"
    )
    open_to_both = {"TLP:CLEAR", "TLP:CLEAR named", "TLP:AMBER", "TLP:AMBER named"}
    seen = {
        Role.AUDITOR: open_to_both | {"TLP:AMBER+STRICT named", "TLP:RED named"},
        Role.COORDINATOR: open_to_both | {"TLP:AMBER+STRICT", "TLP:AMBER+STRICT named", "draft", "plan"},
    }
    for role, expected in seen.items():
        browser = sign_in(network.people[role])
        for path in ("/audit", "/audit.csv"):
            told = set(re.findall(rf"{CANARY} ([^.]+)\.", browser.get(path).text))
            assert told == expected, (role, path)
        assert "for named people" in browser.get("/audit").text


def test_changes_of_markings_are_found_by_their_action_and_told_to_who_may_know(
    network: Network, database: Database, clock: HandClock, sign_in: SignIn
) -> None:
    """An answer or a product goes by its own marking beside that of its exchange."""
    clear, red = network.cycles["TLP:CLEAR"], network.cycles["TLP:RED"]
    changes = {
        "cycle open": (f"cycle:{clear}", "TLP:GREEN", "TLP:CLEAR", None),
        "cycle closed": (f"cycle:{red}", "TLP:GREEN", "TLP:RED", None),
        "answer open": ("answer:1", "TLP:AMBER", "TLP:GREEN", clear),
        "answer closed": ("answer:2", "TLP:RED", "TLP:GREEN", clear),
        "product in closed": ("product:3", "TLP:AMBER", "TLP:GREEN", red),
    }
    network.record(f"cycle:{clear}", f"{CANARY} edit.")
    with database.transaction() as session:
        for name, (subject, before, after, within) in changes.items():
            record_marking(
                session,
                subject,
                before,
                after,
                actor=network.people[Role.COORDINATOR],
                reason=f"{CANARY} {name}.",
                now=clock(),
                about={"in": f"cycle:{within}"} if within else None,
            )
        record_marking(session, "answer:4", "", "TLP:GREEN", actor=None, reason="", now=clock())
        record_marking(session, "answer:4", "TLP:RED", "TLP:RED", actor=None, reason="", now=clock())
    assert network.actions().count("change marking") == len(changes)
    browser = sign_in(network.people[Role.AUDITOR])
    for path in ("/audit", "/audit.csv"):
        page = browser.get(f"{path}?action=change+marking").text
        assert set(re.findall(rf"{CANARY} ([^.]+)\.", page)) == {"cycle open", "answer open"}, path
    assert "raised or lowered a marking" in browser.get("/audit?action=change+marking").text


def test_projects_and_notes_at_red_are_told_to_who_is_named_alone(network: Network, sign_in: SignIn) -> None:
    auditor = network.people[Role.AUDITOR]
    with network.database.transaction() as session:
        project = Project(
            name="P",
            source=ProjectSource.COMMISSION,
            commission="C",
            lead_city_id=auditor.city_id,
            starts_on=NOW.date(),
            marking="TLP:RED",
            named_ids=[auditor.id or 0],
            created_at=NOW,
        )
        project.deliverables = [Deliverable(text="D", due_on=NOW.date(), owner_id=auditor.id, created_at=NOW)]  # type: ignore[call-arg]  # the relation sets its project
        note = Note(
            subject="S",
            text="T",
            marking="TLP:RED",
            named_ids=[auditor.id or 0],
            author_id=auditor.id or 0,
            created_at=NOW,
            sent_at=NOW,
        )
        session.add_all([project, note])
        session.flush()
        owed = project.deliverables[0].id
        subjects = [f"project:{project.id}", f"deliverable:{owed}", f"note:{note.id}"]
    for subject in subjects:
        network.record(subject, f"{CANARY} {subject}.", action="edit project")
    for role, expected in ((Role.AUDITOR, set(subjects)), (Role.COORDINATOR, set())):
        browser = sign_in(network.people[role])
        for path in ("/audit", "/audit.csv"):
            told = set(re.findall(rf"{CANARY} ([^.]+)\.", browser.get(path).text))
            assert told == expected, (role, path)
        page = browser.get(f"/audit?subject=project:{project.id}").text
        assert (len(numbers_on(page)) > 0) is (role is Role.AUDITOR)


def test_names_of_files_from_earlier_entries_are_not_shown(network: Network, sign_in: SignIn) -> None:
    subject = f"cycle:{network.cycles['TLP:CLEAR']}"
    network.record(subject, "", file=f"{CANARY}.txt", files=[f"{CANARY}.pdf", "a" * 64])
    browser = sign_in(network.people[Role.AUDITOR])
    for path in ("/audit", "/audit.csv"):
        page = browser.get(path).text
        assert CANARY not in page
        assert "a" * 64 in page


def test_pages_hold_fifty_in_a_stable_order_while_the_trail_grows(network: Network, sign_in: SignIn) -> None:
    mine = [network.record("city:7", f"entry {number}") for number in range(120)]
    browser = sign_in(network.people[Role.AUDITOR])
    first = browser.get("/audit?subject=city+7").text
    network.record("city:7", "one more")
    (older,) = re.findall(r'href="(/audit\?before=[^"]+)"', first)
    second = browser.get(older.replace("&amp;", "&")).text
    assert numbers_on(first) + numbers_on(second) == mine[:19:-1]
    (newer,) = re.findall(r'href="(/audit\?after=[^"]+)"', second)
    assert numbers_on(browser.get(newer.replace("&amp;", "&")).text) == mine[:69:-1]
    (oldest,) = re.findall(r'href="(/audit\?before=[^"]+)"', second)
    last = browser.get(oldest.replace("&amp;", "&")).text
    assert numbers_on(last) == mine[19::-1]
    assert "before=" not in last


def test_filters_keep_what_was_asked_for(network: Network, sign_in: SignIn, clock: HandClock) -> None:
    early = network.record("city:1", "early", by=Role.EXPERT)
    clock.advance(days=3)
    late = network.record("city:2", "late")
    browser = sign_in(network.people[Role.AUDITOR])
    expert = network.people[Role.EXPERT].id
    for query, expected in {
        f"person={expert}": [early],
        "person=0&action=edit+cycle": [late],
        "subject=City+1": [early],
        "action=edit+cycle&until=2026-11-23": [early],
        "action=edit+cycle&since=2026-11-24": [late],
        "action=edit+cycle&since=2026-11-23&until=2026-11-26": [late, early],
        "subject=nothing:1": [],
    }.items():
        assert numbers_on(browser.get(f"/audit?{query}").text) == expected, query
    assert "No entries" in browser.get("/audit?subject=nothing:1").text


def test_only_people_who_did_something_are_offered_to_choose_from(network: Network, sign_in: SignIn) -> None:
    """Thousands of names of which the trail holds nothing were most of the page."""
    network.record("city:1", "x", by=Role.EXPERT)
    browser = sign_in(network.people[Role.AUDITOR])
    offered = browser.get("/audit").text.partition('name="person"')[2].partition("</select>")[0]
    names = {f"P {role}" for role in Role if f">P {role}<" in offered}
    assert f"P {Role.EXPERT}" in names
    assert "No Role" not in offered
    assert names < {f"P {role}" for role in Role}


@pytest.mark.parametrize(
    "query", ["since=yesterday", "person=x", "person=99999", "action=no", "subject=a%00b", "until=0000-00-00"]
)
def test_spoilt_filter_is_refused_and_shows_nothing(network: Network, sign_in: SignIn, query: str) -> None:
    browser = sign_in(network.people[Role.AUDITOR])
    assert browser.get(f"/audit?{query}").status_code == 400
    assert browser.get(f"/audit.csv?{query}").status_code == 400
    assert browser.get("/audit?before=-9&after=x&since=0001-01-01&until=9999-12-31").status_code == 200


def test_table_is_harmless_whole_and_itself_recorded(network: Network, sign_in: SignIn) -> None:
    for number in range(510):
        network.record("city:7", f"=cmd|{number}")
    browser = sign_in(network.people[Role.AUDITOR])
    answer = browser.get("/audit.csv?subject=city:7")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 510
    assert {row["why"][:2] for row in rows} == {"'="}
    assert rows[0]["did what"] == "edited a cycle"
    assert network.actions()[-1] == "export"
    with network.database.reading() as session:
        assert verify(session).is_whole


def test_page_takes_as_many_statements_for_fifty_entries_as_for_one(
    network: Network, sign_in: SignIn
) -> None:
    browser = sign_in(network.people[Role.COORDINATOR])

    network.record(f"cycle:{network.cycles['TLP:CLEAR']}", "x")
    network.record(f"training:{network.event}", "x")
    few = statements_for(browser, "/audit?action=edit+cycle")
    for number in list(network.cycles.values()) * 5:
        network.record(f"cycle:{number}", "x")
    assert statements_for(browser, "/audit?action=edit+cycle") == few
