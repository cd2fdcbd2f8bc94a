"""One need from the question to the proof: asked, ranked, planned, met, written down, acted on, asked again.

Twelve cities and eighty people over HTTP and letters; all ticks run on the working days that matter.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, col, select

from exchange.models import Ask, Board, BoardMember, Letter, LetterState, Organisation, Person, Role
from jobs.deliver_mail import deliver_mail
from tests.factories import make_city, make_person, make_theme
from tests.flows.rounds import FLOW, changes_between, dumped
from tests.flows.running_processes import RunningInstallation, text_of
from tests.flows.visitor import Visitor
from tests.needs.conftest import handed_in

CITIES = (
    *("London", "Stockholm", "Dublin", "Norhavn", "Eastmere", "Quayford"),
    *("Aldmoor", "Brackwell", "Calder", "Dunmere", "Elsby", "Farrow"),
)
MORNING = time(11)  # UTC: office hours in all its cities
EVENT_ON = date(2027, 5, 20)
EVIDENCE = "https://files.example.org/minutes"

LETTERS = {
    "ask-needs-round": 2 * 79,  # all but who coordinates
    "ask-needs-round_half-way": 79 - 50,
    "ask-needs-round_due": 79 - 60,
    "receipt": 3 + 7 + 2,  # of who answered by their link
    "T1": 24,  # a lead and a contact of each city
    "T1-1d": 24,
    "event thanks": 12,
    "ask-event-feedback_reminder": 12 - 7,
    "product review": 2,  # lead and contact of the host
    "product out": 24,
    "duties": 7,
    "board digest": 2,  # to who sits on one: of the first and third quarter
}
DUTIES = [
    (date(2027, 2, 18), "Lead of Stockholm"),  # a week before the first meeting, which is done in time
    (date(2027, 3, 11), "Lead of Stockholm"),  # a week before the second, where it was moved to
    (date(2027, 3, 17), "Lead of Stockholm"),  # the day before, for it must be done
    (date(2027, 4, 1), "Lead of Stockholm"),
    (date(2027, 4, 8), "Lead of Stockholm"),
    (date(2027, 4, 12), "Lead of Stockholm"),  # the third is late, by a weekend and a day
    (date(2027, 9, 23), "Contact of Dublin"),
]
pytestmark = pytest.mark.slow  # some sixty working days of all ticks


@dataclass
class Course:
    """The installation, who is who, and what was walked."""

    run: RunningInstallation
    email: dict[str, str] = field(default_factory=dict)

    def at(self, on: date, at: time = MORNING) -> None:
        self.run.clock.set(datetime.combine(on, at, UTC))

    def tick(self) -> None:
        for tick in FLOW:
            tick(self.run.context)
        arrived = -1
        while arrived < len(self.run.sink.arrived):  # a tick takes a handful, and there is one a minute
            arrived = len(self.run.sink.arrived)
            deliver_mail(self.run.context)

    def walk(self, first: date, last: date) -> None:
        """All ticks once on each working day, both days included."""
        for n in range((last - first).days + 1):
            if (first + timedelta(days=n)).weekday() < 5:
                self.at(first + timedelta(days=n))
                self.tick()

    def browser(self, who: str) -> Visitor:
        return self.run.signed_in(self.email[who])

    def ids(self) -> dict[str, int]:
        with self.run.database.reading() as session:
            return {one.name: one.id or 0 for one in session.exec(select(Person))}

    def link(self, who: str, path: str) -> str:
        """The newest link of a kind that somebody was sent."""
        for letter in reversed(self.run.letters()):
            found = re.search(rf"/{path}/[\w-]+", text_of(letter))
            if found and self.email[who] in str(letter["To"]):
                return found[0]
        raise AssertionError(f"{who} has no link to {path}")


def said(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.rpartition("<main")[2]).split())


@pytest.fixture
def course(empty_installation: RunningInstallation) -> Course:
    made = Course(empty_installation)
    with made.run.database.transaction() as session:
        _people(session, made)
    return made


def _people(session: Session, made: Course) -> None:
    """A lead, a contact and four experts in each city, six more in London, and who plans and ranks."""
    bodies = [Organisation(key=f"o{n}", name=f"Service {n}") for n in range(2)]
    session.add_all(bodies)
    session.flush()
    cities = [make_city(session, name) for name in CITIES]
    seats = [(n, role) for n in range(12) for role in ("Lead", "Contact", *(f"Expert {i}" for i in range(4)))]
    seats += [(0, f"More {i}") for i in range(6)]
    roles = {"Lead": Role.CITY_LEAD, "Contact": Role.CITY_CONTACT}
    for number, (city, seat) in enumerate(seats):
        person = make_person(
            session,
            f"{seat} of {CITIES[city]}",
            city=cities[city],
            roles=[roles.get(seat, Role.EXPERT)],
            organisation_id=bodies[number % 2].id,
        )
        made.email[person.name] = person.email
    cora = make_person(session, "Cora", city=cities[1], roles=[Role.COORDINATOR])
    bea = make_person(session, "Bea", city=cities[2], roles=[Role.EXPERT])
    made.email |= {"Cora": cora.email, "Bea": bea.email}
    session.add(Board(key="B1", name="Executive Board", members=[BoardMember(person_id=bea.id or 0)]))
    for name in ("Hostile drones", "First hours"):
        make_theme(session, name)


def needs_round(course: Course, year: int) -> None:
    """Planned by form, opened, and asked about from its first morning on."""
    cora = course.browser("Cora")
    cora.open("/needs/rounds/new")
    form = cora.form_with("year", "opens_on")
    themes = re.findall(r'name="themes"[^>]*value="(\d+)"', cora.page.text)
    cora.submit(form, year=str(year), opens_on=f"{year}-01-12", closes_on=f"{year}-01-29", themes=themes)
    cora.open(f"{cora.address}/open")
    cora.submit(cora.form_to("/open"))


def answered(course: Course, by_link: Iterable[str], others: Iterable[str], confidence: int) -> None:
    """All is important and nobody has exercised it: some say so by the link in their letter."""
    visitor = Visitor(course.run.settings.base_url)
    with course.run.database.transaction() as session:
        ask = session.exec(select(Ask).order_by(col(Ask.id).desc())).first()
        assert ask is not None
        importance, sure, last = ask.questions[:3]
        typed = {}
        for row in ask.rows:
            typed |= {f"answer_{importance.id}_{row.id}": "5", f"answer_{sure.id}_{row.id}": str(confidence)}
            typed[f"answer_{last.id}_{row.id}"] = last.options[3]
        people = {one.name: one for one in session.exec(select(Person))}
        for name in others:
            handed_in(session, ask, people[name], (5, confidence, 3), at=course.run.clock())
    for name in by_link:
        visitor.open(course.link(name, "answer"))
        visitor.submit(visitor.form_with("asked"), button="Hand in", **typed)


def close_round(course: Course, round_id: int) -> None:
    cora = course.browser("Cora")
    cora.open(f"/needs/rounds/{round_id}/close")
    cora.submit(cora.form_to("/close"))


def rank_and_plan(course: Course) -> None:
    """The board takes the first theme; the coordinator plans an event from the need and publishes it."""
    bea = course.browser("Bea")
    bea.open("/needs/rounds/1/ranking")
    bea.submit(bea.form_to("/ranking"), **{"themes-0-rank": "1", "themes-0-reason": "Everybody asks for it."})
    cora = course.browser("Cora")
    assert "The next round that asks about this theme" in cora.open("/needs/1")
    assert 'href="/trainings/new?need=1"' in cora.page.text
    cora.open("/trainings/new?need=1")
    form = cora.form_with("title", "on")
    assert form.values["title"] == ["Hostile drones"]
    cora.submit(form, button="Save as draft", on=EVENT_ON.isoformat(), at="10:00", marking="TLP:GREEN")
    cora.open(f"{cora.address}/publish")
    cora.submit(cora.form_to("/publish"))
    assert "Hostile drones" in cora.open("/needs/1").split("What answers it")[1]


def prepare(course: Course) -> None:
    """One milestone is done in time, one is moved and then done, one is late."""
    course.walk(date(2027, 2, 15), date(2027, 2, 24))
    mark_done(course, "co")
    cora = course.browser("Cora")
    cora.open("/trainings/1/preparation")
    cora.open(cora.link_ending("/ipm/move"))
    cora.submit(cora.form_with("on"), on="2027-03-18", reason="The police are away.")
    course.walk(date(2027, 3, 8), date(2027, 3, 18))
    mark_done(course, "ipm")
    course.walk(date(2027, 4, 1), date(2027, 4, 14))
    mark_done(course, "mpm", "fpm", "read-ahead", "hot-wash", "feedback")


def mark_done(course: Course, *milestones: str) -> None:
    lead = course.browser("Lead of Stockholm")
    for key in milestones:
        lead.open("/trainings/1/preparation")
        lead.open(lead.link_ending(f"/{key}/done"))
        lead.submit(lead.form_to("/done"), evidence=EVIDENCE)


def meet(course: Course) -> None:
    """Who was there is noted on the day, thanked on the next morning, and says what they thought by link."""
    course.walk(EVENT_ON - timedelta(days=1), EVENT_ON)
    course.at(EVENT_ON, time(15))
    lead = course.browser("Lead of Stockholm")
    lead.open("/trainings/1/attendance")
    here = [f"{'Lead' if n % 2 else 'Contact'} of {name}" for n, name in enumerate(CITIES)]
    ids = course.ids()
    lead.submit(lead.form_with("seen"), present=[str(ids[name]) for name in here])
    course.walk(EVENT_ON + timedelta(days=1), EVENT_ON + timedelta(days=1))
    guest = Visitor(course.run.settings.base_url)
    for name in here[:7]:
        guest.open(course.link(name, "answer"))
        asked = dict.fromkeys(re.findall(r'name="(answer_\d+)"[^>]*value="5"', guest.page.text), "4")
        guest.submit(guest.form_with("asked"), button="Hand in", **asked)
    course.walk(EVENT_ON + timedelta(days=4), EVENT_ON + timedelta(days=4))
    course.at(date(2027, 5, 31))
    lead = course.browser("Lead of Stockholm")
    shown = said(lead.open("/trainings/1/feedback"))
    assert "The event was well structured and organised. Answer People" in shown, shown


def write_down(course: Course) -> None:
    """The report with a recommendation, reviewed and published."""
    cora = course.browser("Cora")
    cora.open("/trainings/1")
    cora.open(re.findall(r'href="(/products/new[^"]*)"', cora.page.text)[0])
    cora.submit(
        cora.form_with("kind", "title"),
        kind="post-exercise report",
        title="Drones over the square: what we found",
        year="2027",
        marking="TLP:GREEN",
    )
    page = cora.address
    cora.open(f"{page}/edit")
    cora.submit(cora.form_with("text"), button="Save this version", text="Nobody knew who decides.")
    cora.open(f"{page}/recommendations")
    cora.submit(cora.form_with("version"), **{"recommendations-0-text": "Name who decides."})
    cora.open(f"{page}/review")
    cora.submit(cora.form_with("due_on"), due_on="2027-06-11")
    course.walk(date(2027, 6, 1), date(2027, 6, 1))
    course.at(date(2027, 6, 14))
    cora = course.browser("Cora")
    cora.open(f"{page}/publish")
    cora.submit(cora.form_to("/publish"))
    course.walk(date(2027, 6, 15), date(2027, 6, 15))


def follow_up(course: Course) -> None:
    cora = course.browser("Cora")
    cora.open("/library")
    cora.open("/products/1")
    cora.open(cora.link_ending("?product=1&recommendation=1"))
    form = cora.form_with("title", "source_number")
    assert (form.values["product_id"], form.values["source_number"]) == (["1"], ["1"])
    cora.submit(form)
    assert "Name who decides." in cora.page.text
    cora.open(f"{cora.address}/actions/new")
    owner = course.email["Contact of Dublin"]
    cora.submit(cora.form_with("text", "owner"), text="Write the list anew", owner=owner, due_on="2027-09-30")
    page = cora.address
    course.walk(date(2027, 9, 22), date(2027, 9, 24))
    guest = Visitor(course.run.settings.base_url)
    guest.open(course.link("Contact of Dublin", "action"))
    guest.submit(guest.form_with("evidence"), state="done", evidence=EVIDENCE)
    course.walk(date(2027, 9, 30), date(2027, 10, 1))
    cora = course.browser("Cora")
    cora.open(page)
    cora.submit(cora.form_to("/verify"))
    assert "Verified" in said(cora.page.text)


def ask_again(course: Course) -> None:
    """A year later people are surer, and the need says so."""
    course.at(date(2028, 1, 10))
    needs_round(course, 2028)
    course.walk(date(2028, 1, 12), date(2028, 1, 12))
    asked = [name for name in course.email if name != "Cora"]
    answered(course, asked[:2], asked[2:], 4)
    course.walk(date(2028, 1, 13), date(2028, 1, 13))
    course.at(date(2028, 2, 1))
    close_round(course, 2)
    cora = course.browser("Cora")
    moved = said(cora.open("/needs/1")).split("Did the score move?")[1]
    assert "2027 60 2 3 27.0 2028 79 4 1 9.0" in moved  # people, confidence, gap, priority


def test_a_need_is_asked_met_written_down_and_asked_again(course: Course) -> None:
    course.at(date(2027, 1, 11))
    needs_round(course, 2027)
    course.walk(date(2027, 1, 12), date(2027, 1, 12))
    asked = [name for name in course.email if name != "Cora"]
    answered(course, asked[:2], asked[2:50], 2)
    course.walk(date(2027, 1, 21), date(2027, 1, 21))
    answered(course, asked[50:51], asked[51:60], 2)
    course.walk(date(2027, 1, 28), date(2027, 1, 28))
    course.at(date(2027, 2, 1))
    close_round(course, 1)
    rank_and_plan(course)
    prepare(course)
    meet(course)
    write_down(course)
    follow_up(course)
    ask_again(course)
    course.tick()
    before = dumped(course.run.database)
    course.tick()
    assert changes_between(before, dumped(course.run.database)) == []
    with course.run.database.reading() as session:
        left = select(Letter).where(Letter.state != LetterState.WITHDRAWN).order_by(col(Letter.id))
        letters = session.exec(left).all()
    assert {one.state for one in letters} == {LetterState.SENT}
    duties = [one for one in letters if one.kind == "duties"]
    weeks = Counter((one.to_name, one.due_at.isocalendar()[:2]) for one in duties)
    assert set(weeks.values()) == {1}
    assert [(one.due_at.date(), one.to_name) for one in duties] == DUTIES
    assert Counter(one.kind for one in letters if one.kind != "sign-in") == LETTERS
