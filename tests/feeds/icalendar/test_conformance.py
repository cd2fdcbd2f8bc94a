"""Any programme, any text and any clock, as four independent readers see them. Pure: no database."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.feeds.content.entries import Audience, Entry, EntryStatus
from exchange.feeds.content.redaction import entries_of_cycle, entries_of_training
from exchange.feeds.icalendar.properties import clean
from exchange.feeds.icalendar.vevent import CalendarProperties, Publisher, calendar_bytes
from exchange.models import City, Cycle, ExpertGroup, Sitting, Stage, Theme, TrainingEvent, TrainingKind
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, instant, wall_time
from tests.factories import stage_plan
from tests.feeds.icalendar.test_vtimezone import CITIES, HARD_ONES
from tests.feeds.made import CHANGED_AT, made_entry
from tests.feeds.reading import READERS, Seen

PROPERTIES = CalendarProperties(
    name="CTPN Stockholm",
    description="Exchanges and events.",
    page_url="https://exchange.example.org/feeds",
    time_zone="Europe/Stockholm",
    publisher=Publisher("https://exchange.example.org", "Exchange", "exchange@example.org"),
)
ZONES = [*CITIES, *HARD_ONES]
RENAMED = {  # the older name, which rows may hold for years, and the one of today
    "Europe/Kiev": "Europe/Kyiv",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Asia/Calcutta": "Asia/Kolkata",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "America/Godthab": "America/Nuuk",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
}
YEARS = range(2026, 2031)
HALF_HOUR = timedelta(minutes=30)
LEAK = "zanzibar"
OWN, OTHER = 1, 2  # ids of cities, and of groups

TEXTS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(";,\\:\"'nN\r\n\0 ^=-")), max_size=60)
HARD_TEXTS = [
    "; , \\ : \" ' ^n ^^ %s {}",
    "two\r\nlines\rand\nmore",
    "null\0byte and bell\a and escape\x1b[31m",
    "emoji 🚨👩🏽‍🚒 and zero width joiner",
    "right to left \u200f مرحبا \u202eabc\u202c",
    "\\n is not a line end; \\\\n neither; \\N; \\; \\, \\",
    "END:VEVENT\r\nBEGIN:VALARM\r\n",
    "å" * 5_000,
    "a;b,c\\" * 833,
]


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize("zone", ZONES)
def test_hours_around_every_change_of_five_years_are_right_in_every_reader(zone: str, reader: str) -> None:
    """An event in the hour before each change, in the hour of it, and in the hour after."""
    entries = [entry for entry in _entries_around_changes(zone) if not _is_lost(entry, reader)]
    expected = {entry.uid: (instant(_starts(entry)), entry.ends_at) for entry in entries}
    seen = {event.uid: (event.starts, event.ends) for event in READERS[reader](_around_changes(zone))}
    assert {uid: seen[uid] for uid in expected} == expected
    assert len(seen) == len(_entries_around_changes(zone))
    assert len(expected) >= len(seen) - 2 * len(YEARS)


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize("old", list(RENAMED))
def test_zone_that_was_renamed_is_right_under_both_names(old: str, reader: str) -> None:
    """The moments are those of today's name; the feed keeps the name that the row has."""
    here = ZoneInfo(RENAMED[old])
    for entry in _entries_around_changes(old):
        assert instant(_starts(entry)) == _starts(entry).naive.replace(tzinfo=here).astimezone(UTC)
    seen = {event.uid: event.starts for event in READERS[reader](_around_changes(old))}
    assert seen == {entry.uid: instant(_starts(entry)) for entry in _entries_around_changes(old)}
    assert f"TZID:{old}\r\n".encode() in _around_changes(old)


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize("text", HARD_TEXTS, ids=range(len(HARD_TEXTS)))
def test_hard_text_comes_back_in_every_reader(text: str, reader: str) -> None:
    categories = ("b;c\\d",) if reader == "ical" else ("a,b;c\\d",)  # which splits at an escaped comma
    entry = made_entry(title=f"x{text}x", description=f"x{text}x", place=f"x{text}x", categories=categories)
    (seen,) = READERS[reader](calendar_bytes(PROPERTIES, [entry]))
    assert [seen.summary, seen.description, seen.place] == [clean(f"x{text}x")] * 3
    assert seen.categories == categories


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_programme_gives_a_feed_that_parses_back_to_itself(data: st.DataObject) -> None:
    """Whatever was published, whoever reads: each reader sees what the audience was meant to see."""
    audience = data.draw(_audiences())
    entries = [
        entry
        for cycle in data.draw(_different(_cycles(), 2))
        for entry in entries_of_cycle(cycle, audience, "CTPN")
    ]
    for training in data.draw(_different(_trainings(), 4)):
        entries += entries_of_training(training, audience, "CTPN")
    content = calendar_bytes(PROPERTIES, entries)
    expected = _by_uid(_expected(entry) for entry in _distinct(entries))
    for read in READERS.values():
        assert _by_uid(read(content)) == expected


def _distinct(entries: list[Entry]) -> list[Entry]:
    """Without blocks of busy time that say the same as one before."""
    kept: dict[object, Entry] = {}
    for entry in sorted(entries, key=lambda one: (one.starts_at, one.uid)):
        said = (entry.starts, entry.minutes, entry.status, entry.summary, entry.alarm_minutes)
        kept.setdefault(said if entry.is_block else entry.uid, entry)
    return list(kept.values())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_marking_keeps_back_is_nowhere_in_the_bytes(data: st.DataObject) -> None:
    training, audience = data.draw(_trainings(LEAK)), data.draw(_audiences())
    content = calendar_bytes(PROPERTIES, entries_of_training(training, audience, "CTPN"))
    shown = carried(training.marking, audience.ring)
    if shown is None or not shown.title:
        assert LEAK.encode() not in content.replace(b"\r\n ", b"")
        assert b"LOCATION" not in content
        assert b"GEO" not in content
        assert b"CATEGORIES" not in content


def _by_uid(seen) -> list[Seen]:  # noqa: ANN001 - any iterable of them
    return sorted(seen, key=lambda event: event.uid)


def _expected(entry: Entry) -> Seen:
    if entry.starts is None:
        assert entry.first_on is not None
        assert entry.last_on is not None
        starts, ends = entry.first_on, entry.last_on + timedelta(days=1)
    else:
        starts, ends = entry.starts_at, entry.ends_at
    is_off = entry.status is EntryStatus.CANCELLED
    has_alarm = entry.alarm_minutes is not None and not is_off
    colors = {"stage": "lightsteelblue", "deadline": "darkorange", "session": "royalblue"}
    color = colors.get(entry.kind, "seagreen") if entry.shown_kind and not is_off else "gray"
    is_open = entry.marking is Marking.CLEAR
    return Seen(
        uid=entry.uid,
        summary=clean(entry.summary),
        description=clean(entry.description),
        place=clean(entry.place),
        position=entry.position,
        starts=starts,
        ends=ends,
        sequence=entry.sequence,
        stamp=CHANGED_AT,
        modified=CHANGED_AT,
        status=entry.status,
        transp="TRANSPARENT" if entry.starts is None or is_off else "OPAQUE",
        secrecy="PRIVATE" if entry.is_block else "PUBLIC" if is_open else "CONFIDENTIAL",
        categories=entry.categories,
        color="" if entry.is_block else color,
        url=f"https://exchange.example.org{entry.link}" if entry.link else "",
        organizer="mailto:exchange@example.org",
        conference=entry.join_link,
        alarms=(timedelta(minutes=-(entry.alarm_minutes or 0)),) if has_alarm else (),
    )


# ---------------------------------------------------------------- clocks


@cache
def _around_changes(zone: str) -> bytes:
    return calendar_bytes(PROPERTIES, _entries_around_changes(zone))


@cache
def _entries_around_changes(zone: str) -> tuple[Entry, ...]:
    """Ninety minutes long, so that ends fall into the hours too; and one on a quiet day."""
    here = ZoneInfo(zone)
    moments = [at + timedelta(minutes=m) for at in _changes(here) for m in (-90, -60, -30, 0, 30, 60, 90)]
    walls = {moment.astimezone(here).replace(fold=0, tzinfo=None) for moment in moments}
    walls |= {datetime(year, 6, 1, 12) for year in YEARS}
    return tuple(
        made_entry(uid=f"{number}@exchange", starts=WallTime(wall.date(), wall.time(), zone), minutes=90)
        for number, wall in enumerate(sorted(walls))
    )


def _is_lost(entry: Entry, reader: str) -> bool:
    """recurring-ical-events shows UTC on the calendar's own clock: a second pass there is an hour early."""
    if reader != "recurring-ical-events":
        return False
    on_wall = wall_time(entry.ends_at, PROPERTIES.time_zone)
    return instant(on_wall) != entry.ends_at


def _changes(here: ZoneInfo) -> list[datetime]:
    """The instants of change, which all lie on half hours."""
    at, found = datetime(YEARS[0], 1, 1, tzinfo=UTC), []
    while at.year <= YEARS[-1]:
        day_after = at + timedelta(days=1)
        if at.astimezone(here).utcoffset() != day_after.astimezone(here).utcoffset():
            steps = [at + HALF_HOUR * number for number in range(48)]
            found += [step + HALF_HOUR for step in steps if _differs(step, here)]
        at = day_after
    return found


def _differs(at: datetime, here: ZoneInfo) -> bool:
    return at.astimezone(here).utcoffset() != (at + HALF_HOUR).astimezone(here).utcoffset()


def _starts(entry: Entry) -> WallTime:
    assert entry.starts is not None
    return entry.starts


# ---------------------------------------------------------------- programmes


def _different(rows: st.SearchStrategy, most: int) -> st.SearchStrategy[list]:
    """So many rows, none under the number of another: UIDs are given once."""
    return st.lists(rows, max_size=most, unique_by=lambda row: row.created_at)


def _audiences() -> st.SearchStrategy[Audience]:
    rings = st.sampled_from([Ring.PUBLIC, Ring.CITY, Ring.GROUP, Ring.PERSON, Ring.BUSY])
    return st.builds(
        lambda ring, zone, language, alarm: Audience(
            ring,
            city_id=None if ring in (Ring.PUBLIC, Ring.GROUP) else OWN,
            group_id=OWN if ring is Ring.GROUP else None,
            group_ids=frozenset({OWN, 7}) if ring is Ring.PERSON else frozenset(),
            time_zone=zone,
            language=language,
            alarm_minutes=alarm if ring is Ring.PERSON else None,
        ),
        rings,
        st.sampled_from(ZONES),
        st.sampled_from(["en", "sv"]),
        st.sampled_from([None, 0, 15]),
    )


def _walls() -> st.SearchStrategy[WallTime]:
    """Any wall time of the years covered that exists, as every form sees to."""
    moments = st.datetimes(datetime(2026, 1, 2), datetime(2030, 12, 30), timezones=st.just(UTC))
    to_the_minute = moments.map(lambda at: at.replace(second=0, microsecond=0))
    return st.builds(wall_time, to_the_minute, st.sampled_from(ZONES))


@st.composite
def _trainings(draw: st.DrawFn, text: str = "") -> TrainingEvent:
    wall, number = draw(_walls()), draw(st.integers(0, 10**6))
    training = TrainingEvent(
        id=1,
        kind=draw(st.sampled_from(TrainingKind)),
        title="T" + (text or draw(TEXTS)),
        description=text or draw(TEXTS),
        place=text or draw(TEXTS),
        host_city_id=draw(st.sampled_from([OWN, OTHER])),
        mode="hybrid",
        on_local=wall.on,
        starts_local=wall.at,
        time_zone=wall.time_zone,
        minutes=draw(st.integers(1, 3 * 24 * 60)),
        join_link=f"https://meet.example.org/{text}?a=1;b" if text or draw(st.booleans()) else "",
        marking=draw(st.sampled_from(Marking)),
        state=draw(st.sampled_from(["proposed", "confirmed"])),
        uid=f"t{number}@exchange",
        sequence=draw(st.integers(0, 9)),
        changed_at=CHANGED_AT,
        created_at=CHANGED_AT + timedelta(seconds=number),
        published_at=CHANGED_AT,
        cancelled_at=draw(st.sampled_from([None, CHANGED_AT])),
    )
    training.host_city = _city(training.host_city_id)
    training.theme = Theme(id=1, key="T08", name=text or "Drones; and others")
    training.cities = draw(st.sampled_from([[], [_city(OWN)]]))
    training.groups = draw(st.sampled_from([[], [ExpertGroup(id=OWN, key="G1", name="Group")]]))
    return training


@st.composite
def _cycles(draw: st.DrawFn) -> Cycle:
    number, starts_on = draw(st.integers(0, 10**6)), draw(st.dates(date(2026, 2, 1), date(2029, 12, 1)))
    cycle = Cycle(
        id=1,
        theme_id=1,
        lead_city_id=draw(st.sampled_from([OWN, OTHER])),
        title="C" + draw(TEXTS),
        starts_on=starts_on,
        marking=draw(st.sampled_from(Marking)),
        is_chatham_house=draw(st.booleans()),
        created_at=CHANGED_AT + timedelta(seconds=number),
        changed_at=CHANGED_AT,
        published_at=CHANGED_AT,
        postponed_at=draw(st.sampled_from([None, CHANGED_AT])),
    )
    cycle.lead_city, cycle.theme = _city(cycle.lead_city_id), Theme(id=1, key="T08", name="Drones")
    cycle.cities = [_city(OWN)]
    cycle.groups = [ExpertGroup(id=OWN, key="G1", name="Group")]
    cycle.stages = [
        Stage(
            key=stage.key,
            name=stage.name,
            owner=stage.owner,
            position=position,
            starts_on=starts_on + timedelta(weeks=position),
            ends_on=starts_on + timedelta(weeks=position, days=draw(st.integers(0, 13))),
            uid=f"c{number}-{stage.key}@exchange",
            changed_at=CHANGED_AT,
        )
        for position, stage in enumerate(stage_plan().stages)
    ]
    walls = draw(st.lists(_walls(), max_size=3))
    cycle.sittings = [
        Sitting(
            meeting=draw(st.sampled_from(["session", "scoping_call", "hot_wash"])),
            number=place,
            on_local=wall.on,
            starts_local=wall.at,
            time_zone=wall.time_zone,
            minutes=draw(st.integers(1, 600)),
            uid=f"c{number}-{place}@exchange",
            changed_at=CHANGED_AT,
        )
        for place, wall in enumerate(walls, start=1)
    ]
    return cycle


def _city(city_id: int) -> City:
    names = {OWN: ("Stockholm", "Europe/Stockholm"), OTHER: ("St John's; NL", "America/St_Johns")}
    name, zone = names[city_id]
    position = {"latitude": 59.33, "longitude": 18.07} if city_id == OWN else {}
    return City(id=city_id, slug=name.lower(), name=name, time_zone=zone, holidays_country="SE", **position)
