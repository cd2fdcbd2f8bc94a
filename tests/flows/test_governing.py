"""The last year of an agreement over HTTP and letters: its end, its board, a note, what the public asks for.

All ticks run twice on the working days that matter, in the morning of each reader.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from exchange.models import (
    Board,
    BoardMember,
    CreditRole,
    Letter,
    LetterState,
    NetworkRequest,
    Organisation,
    Product,
    ProductCredit,
    ProductKind,
    ProductVersion,
    Role,
)
from tests.factories import make_city, make_person, make_training
from tests.flows.rounds import changes_between, dumped
from tests.flows.running_processes import RunningInstallation, text_of
from tests.flows.test_need_to_lesson import Course, said
from tests.flows.visitor import Visitor

FIRST, LAST = date(2026, 3, 30), date(2027, 4, 2)
MEETS_ON, MOVED_TO = date(2026, 6, 10), date(2026, 6, 17)
NIGHT = time(22)  # UTC
PETRA, SECRET = "petra@example.org", "The source in the harbour"
BANNER = "No agreement is recorded after 31 March 2027."
AGREEMENT = {
    "title": "Agreement of three cities",
    "starts_on": "2023-04-01",
    "ends_on": "2027-03-31",
    "notice_months": "6",
    "agreed_on": "2023-03-01",
    "parties-0-share": "50",
    "parties-1-share": "25",
    "parties-2-share": "25",
}
REMINDED_ON = {  # twelve, nine, six and three months before the end; New Year's Eve is free in Sweden
    "Cora": [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)],
    "Colin": [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2027, 1, 4)],
    "Fay": [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2027, 1, 4)],
    "Bea": [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2027, 1, 4)],
    "Mia": [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)],
}
OTHER_DUTIES = {
    "Bea": [date(2026, 6, 24)],  # her minutes, a week before they are due
    "Cora": [
        date(2026, 12, 4),
        date(2027, 4, 1),
    ],  # a payer leaves; the third day of a request
    "Colin": [date(2026, 12, 4), date(2027, 4, 1)],
}
LETTERS = {
    "board meeting": 2 * 2,  # invited, and told that it was moved
    "board digest": 2 * 2,  # of the quarters in which something happened
    "note": 7,
    "note to confirm": 1,
    "request receipt": 2,
    "request extension": 1,
    "request outcome": 2,
}
pytestmark = pytest.mark.slow  # some thirty working days of all ticks


@dataclass
class Year(Course):
    """The same, by two rounds a day: it is morning in Washington when it is afternoon in Stockholm."""

    def walk(self, first: date, last: date) -> None:
        for n in range((last - first).days + 1):
            on = first + timedelta(days=n)
            for at in (time(11), time(15)) if on.weekday() < 5 else ():
                self.at(on, at)
                self.tick()


@pytest.fixture
def year(empty_installation: RunningInstallation) -> Year:
    made = Year(empty_installation)
    with made.run.database.transaction() as session:
        _people(session, made)
    return made


def _people(session: Session, made: Year) -> None:
    london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
    washington = make_city(session, "Washington DC")
    people = [
        make_person(session, "Cora", city=london, roles=[Role.COORDINATOR]),
        make_person(session, "Colin", city=stockholm, roles=[Role.COORDINATOR]),
        make_person(session, "Fay", city=stockholm, roles=[Role.FINANCE_CONTACT]),
        make_person(session, "Bea", city=stockholm, roles=[]),
        make_person(session, "Mia", city=washington, roles=[], language="sv"),
        make_person(session, "Lea", city=london, roles=[Role.CITY_LEAD]),
        make_person(session, "Carl", city=washington),
    ]
    made.email = {one.name: one.email for one in people} | {"Petra": PETRA}
    ids = {one.name: one.id or 0 for one in people}
    members = [BoardMember(person_id=ids["Bea"], is_chair=True), BoardMember(person_id=ids["Mia"])]
    session.add(Board(key="EB", name="Executive Board", members=members))
    bodies = (("brigade", "Fire Brigade"), ("council", "City Council"), ("police", "City Police"))
    session.add_all(Organisation(key=key, name=name) for key, name in bodies)
    event = make_training(session, host_city=london, on_local=date(2025, 6, 11))
    session.add(_report(event.id or 0, ids["Lea"], made))


def _report(training_id: int, author_id: int, made: Year) -> Product:
    at = made.run.clock().replace(year=2027, month=2, day=10)
    version = ProductVersion(
        number=1,
        title="What the drones taught",
        marking="TLP:AMBER",
        text="Doors were **late**.",
        person_id=author_id,
        saved_at=at,
    )
    return Product(
        kind=ProductKind.POST_EXERCISE_REPORT,
        training_id=training_id,
        created_at=at,
        published_at=at,
        published_number=1,
        published_marking="TLP:AMBER",
        versions=[version],
        credits=[ProductCredit(position=1, role=CreditRole.LEAD_AUTHOR, person_id=author_id)],
    )


def agree(year: Year) -> None:
    """The agreement as it was made years ago, with London's two payers."""
    cora = year.browser("Cora")
    cora.open("/money/agreements/new")
    cities = [number for _name, number in options(cora, "parties-0-city_id")[1:]]
    rows = {f"parties-{n}-city_id": city for n, city in enumerate(cities)}
    chosen = {"board_id": options(cora, "board_id")[1][1]}
    cora.submit(cora.form_with("title"), **(AGREEMENT | rows | chosen))
    assert cora.address.endswith("/money/agreements/1")


def set_payers(year: Year, *payers: dict[str, str]) -> None:
    cora = year.browser("Cora")
    cora.open("/money/agreements/1")
    london = next(
        one for one in re.findall(r"/money/parties/\d+/payers", cora.page.text) if is_of_london(cora, one)
    )
    cora.open(london)
    offered = dict(options(cora, "payers-0-organisation_id"))
    blank = {"organisation_id": "0", "share": "", "starts_on": "", "ends_on": ""}
    rows = [blank | one | {"organisation_id": offered[one["organisation_id"]]} for one in payers]
    typed = {f"payers-{n}-{name}": value for n, one in enumerate(rows) for name, value in one.items()}
    cora.submit(cora.form_with("payers-0-share"), reason="They told us.", **typed)
    assert "/payers" not in cora.address, said(cora.page.text)


def is_of_london(cora: Visitor, path: str) -> bool:
    page = cora.session.get(cora.base_url + path, timeout=30).text
    return "London" in said(page).split("Organisation")[0]


def options(browser: Visitor, name: str) -> list[tuple[str, str]]:
    """The words and values of a list on the page in front."""
    found = re.search(rf'<select[^>]*name="{name}".*?</select>', browser.page.text, re.S)
    assert found, name
    pairs = re.findall(r'<option[^>]*value="([^"]*)"[^>]*>(.*?)</option>', found[0], re.S)
    return [(words.strip(), value) for value, words in pairs]


def meet(year: Year) -> None:
    """A meeting of the board is planned, moved, held and written down, with what it decided."""
    year.at(date(2026, 5, 11))
    cora = year.browser("Cora")
    cora.open("/governance/boards/1/meetings/new")
    cora.submit(
        cora.form_with("title"),
        title="Summer meeting",
        on=MEETS_ON.isoformat(),
        at="14:00",
        time_zone="Europe/London",
        marking="TLP:GREEN",
        place="Room 4",
    )
    cora.open(f"{cora.address}/publish")
    cora.submit(cora.form_to("/publish"))
    year.walk(date(2026, 5, 12), date(2026, 5, 12))
    cora = year.browser("Cora")
    cora.open("/governance/meetings/1/edit")
    cora.submit(cora.form_with("title"), on=MOVED_TO.isoformat())
    year.walk(date(2026, 5, 13), date(2026, 5, 13))
    year.walk(date(2026, 6, 23), date(2026, 6, 24))
    bea = year.browser("Bea")
    assert "Write the minutes" in said(bea.open("/desk"))
    bea.open("/governance/meetings/1/minutes")
    bea.submit(bea.form_with("text"), text="We go on for four years.")
    decide(year, "ADD2701", "The agreement goes on for four years", marking="TLP:AMBER")
    decide(year, "ADD2702", SECRET, marking="TLP:RED", named=f"{year.email['Bea']}\n{year.email['Cora']}")


def decide(year: Year, reference: str, title: str, **typed: str) -> None:
    cora = year.browser("Cora")
    cora.open("/governance/decisions/new")
    meeting = options(cora, "meeting_id")[1][1]
    days = {"decided_on": MOVED_TO.isoformat(), "meeting_id": meeting}
    cora.submit(cora.form_with("reference"), reference=reference, title=title, **days, **typed)
    assert "/new" not in cora.address, said(cora.page.text)


def write_urgently(year: Year) -> None:
    """Two coordinators let a note go at night."""
    year.at(date(2026, 11, 3), NIGHT)
    cora, colin = year.browser("Cora"), year.browser("Colin")
    cora.open("/notes/new")
    cities = re.findall(r'name="cities"[^>]*value="(\d+)"', cora.page.text)
    boards = re.findall(r'name="boards"[^>]*value="(\d+)"', cora.page.text)
    roles = [unescape(one) for one in re.findall(r'name="roles"[^>]*value="([^"]+)"', cora.page.text)]
    audience = {"cities": cities, "boards": boards, "roles": roles}
    typed = {"subject": "The line is down", "text": "Ring us on the other one.", "is_urgent": "y"}
    cora.submit(cora.form_with("subject"), **typed, **audience)
    cora.submit(cora.form_to("/send"))
    year.tick()
    colin.open(year.link("Colin", "notes/1"))
    colin.submit(colin.form_to("/confirm"))
    year.tick()


def follow_the_agreement(year: Year) -> None:
    """The next one is drafted from the last and agreed, by the decision of the board."""
    year.walk(date(2026, 12, 30), date(2027, 1, 5))
    cora = year.browser("Cora")
    assert BANNER in said(cora.open("/desk"))
    cora.open("/money/agreements/new?after=1")
    decision = next(value for words, value in options(cora, "decision_id") if "ADD2701" in words)
    cora.submit(cora.form_with("title"), decision_id=decision)
    page = cora.address
    assert BANNER in said(cora.open("/desk")), "a draft is not agreed"
    cora.open(f"{page}/edit")
    cora.submit(cora.form_with("title"), agreed_on="2027-01-05")
    assert "ADD2701" in said(cora.open(page))
    assert BANNER not in said(cora.open("/desk"))
    assert "Agree on what follows" not in said(cora.open("/desk"))


def ask(year: Year, slug: str, **typed: str) -> Visitor:
    """By the public form, confirmed by the link of the receipt."""
    petra = Visitor(year.run.settings.base_url)
    petra.open(f"/ask/{slug}")
    petra.submit(petra.form_with("email"), name="Petra Public", email=PETRA, **typed)
    year.tick()
    petra.open(year.link("Petra", "asked"))
    petra.submit(petra.form_to("/confirm"))
    return petra


def press(year: Year, who: str, number: int, deed: str, **typed: str) -> None:
    browser = year.browser(who)
    browser.open(f"/requests/{number}")
    form = next(one for one in browser.forms() if f"{deed}-version" in one.values)
    fields = {f"{deed}-{name}": value for name, value in typed.items()}
    form.buttons = {"it": ("do", deed)}
    browser.submit(form, button="it", **fields)


def answer_the_public(year: Year) -> None:
    """Over Easter: a format within five working days, which takes longer; and a report that is released."""
    year.walk(date(2027, 3, 24), date(2027, 3, 24))
    year.at(date(2027, 3, 25))
    petra = ask(year, "accessible-format", document="0", other="The yearly report", wanted_format="Word file")
    assert "Monday 5 April 2027" in said(petra.open(petra.address))
    report = ask(year, "exercise-report", document="0", other="The one on drones", words="For our exercise.")
    press(year, "Cora", 2, "document", document="1")
    year.walk(date(2027, 3, 30), date(2027, 3, 31))
    press(year, "Lea", 2, "release", reason="They train with us.", is_explicit="y")
    year.walk(date(2027, 4, 1), date(2027, 4, 1))
    press(year, "Cora", 1, "extend", due_on="2027-04-09", reason="The printer is away.")
    year.tick()
    guest = Visitor(year.run.settings.base_url)
    assert "Doors were late" in said(guest.open(year.link("Petra", "released")))
    assert "Answered" in said(report.open(report.address)) or "Done" in said(report.page.text)
    year.at(LAST)
    press(year, "Cora", 1, "answer", outcome="The file is on its way.")


def close_the_year(year: Year) -> None:
    """What is left goes into the first year of the next agreement."""
    year.at(date(2027, 3, 30), time(16))
    cora = year.browser("Cora")
    for kind, amount in (("receipt", "90.00"), ("actual", "50.00")):
        cora.open("/money/lines/new")
        payer = options(cora, "payer")[1][1] if kind == "receipt" else ""
        line = {"kind": kind, "on": "2027-03-30", "text": "The year", "amount": amount, "payer": payer}
        cora.submit(cora.form_with("amount"), **line)
        assert "/new" not in cora.address, said(cora.page.text)
    year.at(LAST)
    cora = year.browser("Cora")
    cora.open("/money/agreements/1/years/2026/close")
    cora.submit(cora.form_with("outcome"), outcome="carried forward", reason="For the next year")
    assert re.search(r"40\.00", said(cora.open("/money?year=2027")))


def test_the_last_year_of_an_agreement(year: Year) -> None:
    year.at(FIRST)
    agree(year)
    year.walk(FIRST, date(2026, 4, 2))
    meet(year)
    year.walk(date(2026, 6, 29), date(2026, 7, 2))
    year.walk(date(2026, 9, 29), date(2026, 10, 2))
    write_urgently(year)
    half = {"share": "50"}
    council = {"organisation_id": "City Council", "ends_on": "2026-12-31"} | half
    brigade = {"organisation_id": "Fire Brigade"} | half
    set_payers(year, council, brigade)
    year.walk(date(2026, 12, 3), date(2026, 12, 4))
    set_payers(year, council, brigade, {"organisation_id": "City Police", "starts_on": "2027-01-01"} | half)
    follow_the_agreement(year)
    answer_the_public(year)
    close_the_year(year)
    year.walk(LAST, LAST)
    before = dumped(year.run.database)
    year.tick()
    assert changes_between(before, dumped(year.run.database)) == []
    with year.run.database.reading() as session:
        left = select(Letter).where(Letter.state != LetterState.WITHDRAWN).order_by(col(Letter.id))
        check(session.exec(left).all())
    assert not [one for one in year.run.letters() if SECRET in f"{one['Subject']} {text_of(one)}"]


def check(letters: Sequence[Letter]) -> None:
    """Counts by kind and person; one letter about duties a week, but for a day that must be kept."""
    assert {one.state for one in letters} == {LetterState.SENT}
    duties = [one for one in letters if one.kind == "duties"]
    found: dict[str, list[date]] = {}
    for one in duties:
        found.setdefault(one.to_name, []).append(one.due_at.date())
    due = {who: sorted(REMINDED_ON[who] + OTHER_DUTIES.get(who, [])) for who in REMINDED_ON}
    assert found == due
    weeks = Counter((one.to_name, one.due_at.isocalendar()[:2]) for one in duties)
    assert set(weeks.values()) == {1}
    assert Counter(one.kind for one in letters if one.kind not in ("sign-in", "duties")) == LETTERS
    digests = [one for one in letters if one.kind == "board digest"]
    assert sorted(one.to_name for one in digests) == ["Bea", "Bea", "Mia", "Mia"]
    assert "ADD2701" in digests[0].text
    notes = [one for one in letters if one.kind == "note"]
    assert len({one.to_name for one in notes}) == len(notes)


@pytest.fixture
def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The slug of the city on whose calendar requests are counted, in a file of the installation's own."""
    slug: str = request.param
    rules = Path("config/requests.toml").read_text(encoding="utf-8")
    own = tmp_path / "requests.toml"
    own.write_text(rules.replace('host_city = "london"', f'host_city = "{slug}"'), encoding="utf-8")
    monkeypatch.setenv("EXCHANGE_REQUESTS_FILE", str(own))
    return slug


@pytest.mark.parametrize(
    ("host", "asked_on", "due_on"),
    [
        ("london", date(2027, 3, 25), date(2027, 4, 5)),  # Good Friday and Easter Monday
        ("stockholm", date(2027, 5, 4), date(2027, 5, 12)),  # Ascension Day
        ("washington-dc", date(2027, 5, 26), date(2027, 6, 3)),  # Memorial Day
    ],
    indirect=["host"],
)
def test_five_working_days_are_those_of_the_host_city(
    host: str, year: Year, asked_on: date, due_on: date
) -> None:
    year.at(asked_on, time(15))
    ask(year, "accessible-format", document="0", other="The yearly report", wanted_format="Word file")
    with year.run.database.reading() as session:
        made = session.exec(select(NetworkRequest)).one()
    assert (made.asked_on, made.due_on) == (asked_on, due_on), host
