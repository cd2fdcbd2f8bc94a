"""What speaks against a day, a session or a span: severities, keys and words."""

from datetime import date, time, timedelta

import pytest

from exchange.rules.findings.day_findings import (
    Finding,
    NetworkEvent,
    Severity,
    blocks_for_session,
    findings_for_day,
    findings_for_session,
    findings_for_span,
    findings_for_week,
    sort_findings,
)
from exchange.rules.time.timezones import NonexistentTime, WallTime
from tests.rules.calendars import (
    AUCKLAND,
    CITIES,
    LEADS,
    LONDON,
    NEW_YORK,
    STOCKHOLM,
    SYDNEY,
    WASHINGTON,
)

BLOCK, WARN, INFORM = Severity.BLOCK, Severity.WARN, Severity.INFORM


def brief(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.key) for finding in findings]


def texts(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings]


def at_london(day: str, at: str = "14:00") -> WallTime:
    return WallTime(date.fromisoformat(day), time.fromisoformat(at), "Europe/London")


def test_story_5_midsummer_eve_blocks_for_stockholm() -> None:
    found = findings_for_day(date(2027, 6, 25), LEADS, host_id=LONDON.city_id)
    assert brief(found) == [(BLOCK, "holiday:stockholm:2027-06-25")]
    assert texts(found) == ["Fri 25 Jun 2027 is Midsummer Eve in Stockholm."]


def test_story_6_squeeze_day_warns_and_does_not_block() -> None:
    found = findings_for_day(date(2027, 5, 7), LEADS, host_id=LONDON.city_id)
    assert brief(found) == [(WARN, "squeeze:stockholm:2027-05-07")]


def test_story_7_last_day_of_2027_names_both_holidays() -> None:
    found = findings_for_day(date(2027, 12, 31), LEADS, host_id=None)
    assert brief(found) == [
        (BLOCK, "holiday:stockholm:2027-12-31"),
        (BLOCK, "holiday:washington-dc:2027-12-31"),
        (WARN, "quiet:christmas:2027-12-20:2028-01-06"),
    ]
    assert texts(found)[:2] == [
        "Fri 31 Dec 2027 is New Year's Eve in Stockholm.",
        "Fri 31 Dec 2027 is New Year's Day (observed) in Washington DC.",
    ]


def test_holiday_of_a_city_that_neither_leads_nor_hosts_only_warns() -> None:
    anzac_day = date(2028, 4, 25)
    assert brief(findings_for_day(anzac_day, [*LEADS, SYDNEY], host_id=None)) == [
        (WARN, "holiday:sydney:2028-04-25")
    ]
    assert brief(findings_for_day(anzac_day, [*LEADS, SYDNEY], host_id=SYDNEY.city_id)) == [
        (BLOCK, "holiday:sydney:2028-04-25")
    ]


@pytest.mark.parametrize("at", ["00:30", "09:00", "23:30"])
def test_blocks_of_a_session_are_those_among_its_findings(at: str) -> None:
    calendars = [STOCKHOLM, LONDON, WASHINGTON, SYDNEY]
    for n in range(365):
        wall = at_london((date(2027, 1, 1) + timedelta(days=n)).isoformat(), at)
        if at == "00:30" or n % 3 == 0:
            found = findings_for_session(wall, 90, calendars, host_id=SYDNEY.city_id)
            blocks = [finding for finding in found if finding.severity is BLOCK]
            assert blocks_for_session(wall, 90, calendars, host_id=SYDNEY.city_id) == blocks


def test_half_day_warns_for_the_afternoon_only() -> None:
    maundy_thursday = date(2027, 3, 25)
    assert findings_for_day(maundy_thursday, LEADS, host_id=None) == []
    found = findings_for_day(maundy_thursday, LEADS, host_id=None, afternoon=True)
    assert brief(found) == [(WARN, "half-day:stockholm:2027-03-25")]
    assert "Maundy Thursday (from 2pm)" in found[0].text


def test_weekend_warns_once_for_all_cities() -> None:
    found = findings_for_day(date(2027, 5, 8), CITIES, host_id=None)
    assert brief(found) == [(WARN, "weekend:2027-05-08")]


def test_quiet_day_names_every_city_that_keeps_it() -> None:
    found = findings_for_day(date(2027, 12, 21), LEADS, host_id=None)
    assert texts(found) == [
        "Quiet period Christmas from Mon 20 Dec 2027 to Thu 6 Jan 2028: Stockholm, London, Washington DC."
    ]


def test_ordinary_day_has_nothing_against_it() -> None:
    assert findings_for_day(date(2027, 2, 11), CITIES, host_id=None) == []


def test_story_3_session_in_the_5_hour_week_says_so() -> None:
    found = findings_for_session(at_london("2027-11-04"), 90, LEADS, host_id=LONDON.city_id)
    assert {finding.severity for finding in found} == {INFORM}
    assert texts(found) == [
        "4-hour week: London 4 hours ahead of Washington DC, usually 5.",
        "5-hour week: Stockholm 5 hours ahead of Washington DC, usually 6.",
    ]


def test_cities_that_stand_alike_share_one_note_and_lead_cities_come_first() -> None:
    cities = [NEW_YORK, AUCKLAND, *LEADS]
    found = findings_for_session(at_london("2027-03-17"), 90, cities, host_id=LONDON.city_id)
    assert "4-hour week: London 4 hours ahead of Washington DC, New York, usually 5." in texts(found)
    assert len(found) == 2


def test_note_between_two_seasons_names_both() -> None:
    found = findings_for_session(
        at_london("2027-10-14", "08:00"), 90, [WASHINGTON, SYDNEY], host_id=WASHINGTON.city_id
    )
    assert texts(found) == ["15-hour week: Sydney 15 hours ahead of Washington DC, 14 before and 16 after."]


def test_ordinary_week_has_no_note_about_clocks() -> None:
    assert findings_for_session(at_london("2027-06-03"), 90, LEADS, host_id=None) == []


def test_session_is_judged_on_each_citys_own_date() -> None:
    """14:00 in London on Thursday is already Friday, a holiday, in Auckland."""
    found = findings_for_session(at_london("2027-03-25"), 90, [LONDON, AUCKLAND], host_id=None)
    assert (WARN, "holiday:auckland:2027-03-26") in brief(found)
    assert all("auckland:2027-03-25" not in key for _, key in brief(found))


def test_session_that_ends_on_another_citys_saturday_says_whose() -> None:
    found = findings_for_session(at_london("2027-06-18"), 90, [LONDON, SYDNEY], host_id=None)
    assert texts(found) == ["Sat 19 Jun 2027 is a weekend in Sydney."]


def test_weekend_session_warns_once() -> None:
    found = findings_for_session(at_london("2027-06-19"), 90, CITIES, host_id=None)
    assert [key for _, key in brief(found) if key.startswith("weekend")] == ["weekend:2027-06-19"]


def test_session_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    eve = at_london("2027-12-24", "22:00")
    found = findings_for_session(eve, 120, [LONDON], host_id=None)
    assert [key for _, key in brief(found)] == ["quiet:christmas:2027-12-20:2028-01-06"]


def test_morning_session_does_not_mind_a_half_day() -> None:
    morning = findings_for_session(at_london("2027-03-25", "08:00"), 90, [STOCKHOLM], host_id=None)
    afternoon = findings_for_session(at_london("2027-03-25"), 90, [STOCKHOLM], host_id=None)
    assert brief(morning) == []
    assert brief(afternoon) == [(WARN, "half-day:stockholm:2027-03-25")]


def test_session_at_a_wall_time_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NonexistentTime):
        findings_for_session(at_london("2027-03-28", "01:30"), 90, LEADS, host_id=None)


def test_story_2_span_names_summer_and_christmas() -> None:
    summer = findings_for_span(date(2027, 6, 28), date(2027, 8, 22), LEADS)
    christmas = findings_for_span(date(2027, 12, 13), date(2028, 2, 6), LEADS)
    assert texts(summer) == ["Quiet period Summer from Mon 12 Jul 2027 to Sun 8 Aug 2027: Stockholm."]
    assert brief(summer) == [(WARN, "quiet:summer:2027-07-12:2027-08-08")]
    assert brief(christmas) == [(WARN, "quiet:christmas:2027-12-20:2028-01-06")]
    assert findings_for_span(date(2027, 8, 9), date(2027, 10, 3), LEADS) == []


def test_other_events_of_the_same_iso_week_are_information() -> None:
    others = [
        NetworkEvent("Table-top", date(2027, 2, 14), "training:4"),
        NetworkEvent("Board", date(2027, 2, 15), "training:5"),
    ]
    found = findings_for_week(date(2027, 2, 11), others)
    assert brief(found) == [(INFORM, "same-week:training:4")]
    assert texts(found) == ["Table-top is in the same week, on Sun 14 Feb 2027."]


def test_findings_are_sorted_by_weight_then_key() -> None:
    mixed = [
        Finding(INFORM, "a", "a", {}),
        Finding(BLOCK, "z", "z", {}),
        Finding(WARN, "m", "m", {}),
        Finding(BLOCK, "b", "b", {}),
    ]
    assert [finding.key for finding in sort_findings(mixed)] == ["b", "z", "m", "a"]


def test_name_with_a_percent_sign_cannot_break_a_sentence() -> None:
    found = findings_for_week(
        date(2027, 2, 11), [NetworkEvent("100 % ready", date(2027, 2, 12), "training:1")]
    )
    assert found[0].text.startswith("100 % ready is in the same week")
