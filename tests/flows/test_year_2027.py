"""A coordinator plans 2027 by web form; calendars and inboxes follow, over HTTP and SMTP."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import requests
from ical.calendar_stream import IcsCalendarStream
from sqlmodel import col, select

from exchange.city_calendars import calendars_of
from exchange.mail.schedule.letter_schedule import planned_between
from exchange.models import City, ExpertGroup, Person, Theme, TrainingEvent
from exchange.rules.programme.trainings import training_year
from tests.flows.programme_2027 import CYCLES, PlannedCycle
from tests.flows.running_processes import RunningInstallation, text_of
from tests.flows.visitor import Visitor

COORDINATOR = "harriet.lonsdale@example.org"
LONDON, STOCKHOLM, WASHINGTON = (
    ZoneInfo(name) for name in ("Europe/London", "Europe/Stockholm", "America/New_York")
)


def test_year_planned_by_form_stands_in_the_feeds(installation: RunningInstallation) -> None:
    coordinator = installation.signed_in(COORDINATOR)
    for planned in CYCLES:
        plan_cycle(installation, coordinator, planned, marking="TLP:CLEAR")
        publish(coordinator)
    days = training_days(installation)
    for number, on in enumerate(days, start=1):
        plan_training(coordinator, number, on)
        publish(coordinator)
    assert training_dates(installation) == days
    assert 10 <= len(days) <= 13
    assert all(28 <= gap <= 35 for gap in gaps(training_dates(installation)))

    installation.tick()
    answer = installation.feed()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = events_by_uid(answer)
    sessions = [e for e in events.values() if "live session" in str(e["SUMMARY"])]
    assert sorted(e["DTSTART"].dt for e in sessions) == [
        datetime.combine(planned.session_on, time(14), LONDON) for planned in CYCLES
    ]
    assert {e["DTSTART"].dt.astimezone(STOCKHOLM).hour for e in sessions} == {15}
    assert [
        e["DTSTART"].dt.astimezone(WASHINGTON).hour for e in sorted(sessions, key=lambda e: e["DTSTART"].dt)
    ] == [9, 9, 9, 9, 10]  # 4 November lies in a 5-hour week
    assert second_reader(answer) == {uid: str(event["SUMMARY"]) for uid, event in events.items()}
    assert_stages_fill_each_cycle(list(events.values()))


def test_feed_is_not_sent_again_until_it_changes(installation: RunningInstallation) -> None:
    coordinator = installation.signed_in(COORDINATOR)
    plan_cycle(installation, coordinator, CYCLES[0], marking="TLP:CLEAR")
    publish(coordinator)
    installation.tick()
    first = installation.feed()
    again = ask_again(installation, {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask_again(installation, {"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304

    installation.clock.advance(hours=1)
    coordinator.open(f"{coordinator.address}/cancel")
    coordinator.submit(coordinator.form_with("reason"), reason="The lead city has an election.")
    installation.tick()
    changed = ask_again(installation, {"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    before, after = events_by_uid(first), events_by_uid(changed)
    assert before.keys() == after.keys()
    assert {str(event["STATUS"]) for event in after.values()} == {"CANCELLED"}
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)


def test_draft_is_silent(installation: RunningInstallation) -> None:
    coordinator = installation.signed_in(COORDINATOR)
    plan_cycle(installation, coordinator, CYCLES[0], marking="TLP:CLEAR")
    letters = len(installation.letters())
    installation.clock.set(datetime(2027, 1, 11, 12, tzinfo=LONDON))
    installation.tick()
    assert events_by_uid(installation.feed()) == {}
    assert len(installation.letters()) == letters


def test_eight_weeks_of_c1_in_the_inboxes(installation: RunningInstallation) -> None:
    coordinator = installation.signed_in(COORDINATOR)
    plan_cycle(installation, coordinator, CYCLES[0], marking="TLP:GREEN")
    publish(coordinator)
    signing_in = len(installation.letters())
    sent_at = walk(
        installation, datetime(2026, 12, 18, 6, tzinfo=LONDON), datetime(2027, 3, 8, tzinfo=LONDON)
    )
    letters = installation.letters()[signing_in:]
    assert len(letters) == len(sent_at)

    repeated = [
        key for key, n in Counter((str(m["To"]), str(m["Subject"])) for m in letters).items() if n > 1
    ]
    assert repeated == []
    assert len({m["Message-ID"] for m in letters}) == len(letters)
    assert all(str(m["Subject"]).startswith("[TLP:GREEN]") for m in letters)
    assert_sent_in_working_hours(installation, letters, sent_at)
    for email, clock in (
        ("tove.hallsten@example.org", "15:00"),
        ("idris.penhallow@example.org", "14:00"),
        ("marcus.ellery@example.org", "09:00"),
    ):
        mine = [m for m in letters if email in str(m["To"])]
        about_session = [text for text in map(text_of, mine) if "11 February 2027" in text]
        assert about_session, [m["Subject"] for m in mine]
        first_clock = about_session[-1].index(clock)
        assert first_clock == min(
            about_session[-1].find(c) for c in ("15:00", "14:00", "09:00") if c in about_session[-1]
        ), about_session[-1]


def test_letters_of_c5_say_the_five_hour_week(installation: RunningInstallation) -> None:
    installation.clock.set(datetime(2027, 9, 27, 9, tzinfo=LONDON))
    coordinator = installation.signed_in(COORDINATOR)
    plan_cycle(installation, coordinator, CYCLES[4], marking="TLP:GREEN")
    publish(coordinator)
    before = len(installation.letters())
    walk(installation, datetime(2027, 11, 1, 6, tzinfo=LONDON), datetime(2027, 11, 5, tzinfo=LONDON))
    texts = [text_of(m) for m in installation.letters()[before:] if "marcus.ellery" in str(m["To"])]
    joining = next(text for text in texts if "4 November 2027" in text)
    assert "10:00" in joining
    assert "5-hour week" in joining


def plan_cycle(
    installation: RunningInstallation, visitor: Visitor, planned: PlannedCycle, *, marking: str
) -> None:
    """Fill in the form, preview, give a reason where a block asks for one, save; its page is in front."""
    lead, *others = [row_id(installation, City, name) for name in cities_with(planned.lead)]
    visitor.open("/cycles/new")
    visitor.submit(
        visitor.form_with("starts_on", "marking"),
        button="Preview",
        theme_id=row_id(installation, Theme, planned.theme),
        title=f"{planned.name} exchange",
        lead_city_id=lead,
        cities=others,
        groups=[row_id(installation, ExpertGroup, "G1"), row_id(installation, ExpertGroup, "G5")],
        starts_on=planned.starts_on.isoformat(),
        marking=marking,
    )
    form = visitor.form_with("starts_on", "marking")
    reason = {"reason": "Agreed by the three lead cities."} if "reason" in form.values else {}
    visitor.submit(form, button="Save as draft", **reason)
    assert "/cycles/" in visitor.address
    assert visitor.address.split("/")[-1].isdigit(), visitor.page.text


def plan_training(visitor: Visitor, number: int, on: date) -> None:
    """Fill in the form and save; the event's page is in front."""
    visitor.open("/trainings/new")
    visitor.submit(
        visitor.form_with("kind", "minutes"),
        button="Save as draft",
        title=f"Table-top {number}",
        on=on.isoformat(),
        kind="table-top",
        marking="TLP:CLEAR",
    )
    assert visitor.address.split("/")[-1].isdigit(), visitor.page.text


def publish(visitor: Visitor) -> None:
    """Read the impact and publish; the page of what was published is in front again."""
    visitor.open(f"{visitor.address}/publish")
    assert "Calendars" in visitor.page.text or "calendar" in visitor.page.text
    visitor.submit(visitor.form_to("/publish"))


def walk(installation: RunningInstallation, first: datetime, last: datetime) -> list[datetime]:
    """Let the clock tick at six and eighteen each day and whenever a letter may be due; when each arrived."""
    sent_at: list[datetime] = []
    installation.clock.set(first)
    for at in ticks_between(installation, first.astimezone(UTC), last.astimezone(UTC)):
        installation.clock.set(at)
        before = len(installation.sink.arrived)
        installation.tick()
        sent_at += [at] * (len(installation.sink.arrived) - before)
    return sent_at


def ticks_between(installation: RunningInstallation, first: datetime, last: datetime) -> list[datetime]:
    plan = installation.context.plan
    with installation.database.reading() as session:
        due = {one.due_at for one in planned_between(session, first, last, plan=plan, now=first)}
    half_days = (first + timedelta(hours=12 * n) for n in range((last - first).days * 2 + 1))
    return sorted({first, *half_days, *due})


def assert_sent_in_working_hours(
    installation: RunningInstallation, letters: list[EmailMessage], sent_at: list[datetime]
) -> None:
    """Each letter came on a weekday of its reader, from seven to twenty-one."""
    zones = zones_by_address(installation)
    for letter, at in zip(letters, sent_at, strict=True):
        local = at.astimezone(zones[str(letter["To"]).rpartition("<")[2].rstrip(">")])
        assert local.weekday() < 5, (letter["Subject"], local)
        assert time(7) <= local.time() <= time(21), (letter["Subject"], local)


def assert_stages_fill_each_cycle(events: list[icalendar.Event]) -> None:
    """The all-day entries of a cycle follow one another without a gap, from its Monday to its last Sunday."""
    days = [e for e in events if not isinstance(e["DTSTART"].dt, datetime)]
    for planned in CYCLES:
        mine = sorted((e["DTSTART"].dt, e["DTEND"].dt) for e in days if planned.name in str(e["SUMMARY"]))
        inside = [s for s in mine if planned.starts_on <= s[0] <= planned.ends_on]
        assert inside[0][0] == planned.starts_on
        assert inside[-1][1] == planned.ends_on + timedelta(days=1)
        assert all(a[1] == b[0] for a, b in pairwise(inside))


def cities_with(lead: str) -> list[str]:
    """The three lead cities, the one of the cycle first."""
    return [lead, *(name for name in ("London", "Stockholm", "Washington DC") if name != lead)]


def row_id(installation: RunningInstallation, table: type, name: str) -> str:
    """The id that a form sends for a city's name or a theme's or group's key."""
    column = table.name if table is City else table.key
    with installation.database.reading() as session:
        return str(session.exec(select(table.id).where(col(column) == name)).one())


def training_days(installation: RunningInstallation) -> list[date]:
    """A year of events around the sessions, by the product's own rule."""
    with installation.database.reading() as session:
        leads = [calendar for calendar in calendars_of(session, date(2027, 1, 1)) if calendar.is_lead]
    return training_year(2027, leads, [planned.session_on for planned in CYCLES])


def training_dates(installation: RunningInstallation) -> list[date]:
    with installation.database.reading() as session:
        return sorted(session.exec(select(TrainingEvent.on_local)))


def gaps(dates: list[date]) -> list[int]:
    return [(b - a).days for a, b in pairwise(dates)]


def zones_by_address(installation: RunningInstallation) -> dict[str, ZoneInfo]:
    with installation.database.reading() as session:
        rows = session.exec(select(Person.email, City.time_zone).join(City)).all()
    return {email: ZoneInfo(zone) for email, zone in rows}


def ask_again(installation: RunningInstallation, headers: dict[str, str]) -> requests.Response:
    return requests.get(f"{installation.settings.base_url}/feeds/network.ics", headers=headers, timeout=30)


def events_by_uid(answer: requests.Response) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def second_reader(answer: requests.Response) -> dict[str, str]:
    calendar = IcsCalendarStream.calendar_from_ics(answer.content.decode())
    return {event.uid: event.summary for event in calendar.events}
