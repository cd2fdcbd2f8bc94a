"""What findings owe: an action by its day on its owner's wall, and a city's next look."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.duties.actions import ActionFacts, ReviewFacts, action_duty, progress_review_duty
from exchange.rules.duties.duty import Owner, Role, State, state
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, instant

OWNER = Owner(Role.PERSON, 5)
ZONES = st.sampled_from(["Europe/Stockholm", "America/New_York", "Australia/Sydney", "Pacific/Auckland"])
DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))


def an_action(**fields: object) -> ActionFacts:
    values: dict[str, object] = {
        "id": 7,
        "text": "Write the list anew",
        "about": "Say early who leads",
        "owner": OWNER,
        "due_on": date(2027, 3, 31),
        "time_zone": "Europe/London",
        "marking": Marking.AMBER,
    }
    return ActionFacts(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def test_an_action_is_a_duty_in_its_own_words_about_what_it_comes_from() -> None:
    duty = action_duty(an_action())
    assert (duty.key, duty.what.text) == ("action:7:due", "Write the list anew")
    assert (duty.subject.kind, duty.subject.id, duty.subject.title) == ("action", 7, "Say early who leads")
    assert (duty.owner, duty.marking) == (OWNER, Marking.AMBER)


@given(due_on=DAYS, zone=ZONES)
def test_all_of_its_day_on_its_owners_wall_is_in_time(due_on: date, zone: str) -> None:
    duty = action_duty(an_action(due_on=due_on, time_zone=zone))
    ends = instant(WallTime(due_on + timedelta(days=1), time(0), zone))
    assert state(duty, ends - timedelta(seconds=1)) is State.DUE_SOON
    assert state(duty, ends) is State.LATE


@given(due_on=DAYS, minutes=st.integers(-500_000, 500_000))
def test_what_is_done_is_never_late_and_what_is_declined_is_owed_by_nobody(
    due_on: date, minutes: int
) -> None:
    at = instant(WallTime(due_on, time(9), "Europe/London"))
    now = at + timedelta(minutes=minutes)
    assert state(action_duty(an_action(due_on=due_on, declined="No money.")), now) is State.VOID
    done = action_duty(an_action(due_on=due_on, done_at=now))
    assert state(done, now + timedelta(days=400)) is State.DONE


def test_before_its_start_nobody_need_think_of_an_action() -> None:
    duty = action_duty(an_action(starts_on=date(2027, 3, 1)))
    assert state(duty, datetime(2027, 2, 1, tzinfo=UTC)) is State.LATER
    assert state(duty, datetime(2027, 3, 2, tzinfo=UTC)) is State.OPEN


def test_a_city_looks_again_on_its_own_wall_from_four_weeks_before() -> None:
    lead = Owner(Role.CITY_LEAD, 3)
    facts = ReviewFacts(
        12, "Say early who leads", 3, "Sydney", lead, date(2027, 3, 31), "Australia/Sydney", Marking.GREEN
    )
    duty = progress_review_duty(facts)
    assert (duty.key, duty.owner) == ("finding:12:review:3", lead)
    assert duty.what.text == "Say how far Sydney is with it"
    assert duty.starts_on == date(2027, 3, 3)
    assert state(duty, datetime(2027, 3, 31, 12, 59, tzinfo=UTC)) is State.DUE_SOON
    assert state(duty, datetime(2027, 3, 31, 13, 0, tzinfo=UTC)) is State.LATE  # midnight in Sydney
