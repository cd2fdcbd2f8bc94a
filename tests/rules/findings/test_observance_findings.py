"""What observances say of a meeting: their words, their weight, evenings before and days that may move."""

from datetime import date, time

import pytest

from exchange.rules.findings.finding_types import Finding, Severity
from exchange.rules.findings.observance_findings import observance_findings
from exchange.rules.time.observances import Observance, read_observances
from exchange.rules.time.timezones import NonexistentTime, WallTime
from exchange.settings import CONFIG, read_toml

ALL = read_observances(read_toml(CONFIG / "observances.toml"))
LONDON, SYDNEY, WASHINGTON = "Europe/London", "Australia/Sydney", "America/New_York"


def found(
    day: str, at: str = "14:00", minutes: int = 120, *zones: str, observances: tuple[Observance, ...] = ALL
) -> list[Finding]:
    wall = WallTime(date.fromisoformat(day), time.fromisoformat(at), LONDON)
    return observance_findings(wall, minutes, zones, observances)


def brief(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.text) for finding in findings]


def test_story_8_a_dinner_on_the_eve_of_yom_kippur_is_told_that_it_begins_this_evening() -> None:
    assert brief(found("2027-10-10", "19:00", 180)) == [
        (Severity.WARN, "Yom Kippur begins this evening, Sun 10 Oct 2027.")
    ]


def test_story_9_a_conference_in_the_days_of_eid_is_told_both_days_and_that_they_may_move() -> None:
    texts = [finding.text for finding in found("2027-03-10", "09:00", 2 * 1440 + 480)]
    assert "Eid al-Fitr is from Tue 9 Mar 2027 to Wed 10 Mar 2027, +/- 1 day." in texts


def test_a_lunch_before_an_observance_that_begins_in_the_evening_is_free_of_it() -> None:
    assert found("2027-10-10", "12:00", 90) == []


def test_the_day_itself_is_named_by_its_own_date() -> None:
    assert brief(found("2027-10-11")) == [(Severity.WARN, "Mon 11 Oct 2027 is Yom Kippur.")]


def test_a_day_that_may_still_move_only_informs_where_it_would_have_to() -> None:
    (first,) = [one for one in found("2027-03-11") if "Eid" in one.text]
    assert first.severity is Severity.INFORM
    (sure,) = [one for one in found("2027-03-10") if "Eid" in one.text]
    assert sure.severity is Severity.WARN


def test_an_observance_touched_on_one_citys_wall_alone_is_found() -> None:
    assert found("2027-10-11", "23:30", 120) != []
    assert found("2027-10-10", "14:30", 60) == []
    assert [one.text for one in found("2027-10-10", "14:30", 60, WASHINGTON, SYDNEY)] == [
        "Mon 11 Oct 2027 is Yom Kippur."  # it is the 11th in Sydney
    ]


def test_each_observance_has_a_key_of_its_own_that_stays() -> None:
    assert [one.key for one in found("2027-10-11")] == ["observance:yom-kippur:2027-10-11"]


def test_an_ordinary_day_has_none() -> None:
    assert found("2027-07-14", "14:00", 120, WASHINGTON, SYDNEY) == []


def test_nothing_blocks() -> None:
    days = (
        date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2031, 12, 31).toordinal(), 3)
    )
    assert not any(one.severity is Severity.BLOCK for on in days for one in found(on.isoformat()))


def test_a_wall_time_that_is_none_is_refused_as_everywhere() -> None:
    with pytest.raises(NonexistentTime):
        found("2027-03-28", "01:30")
