"""Whatever people do, whatever the mail server does, in whichever order ticks come: each reader is told once.

Courses of actions and faults are walked through with all ticks; at each action and at the end a second round
changes nothing, and what arrived is what the course calls for.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr

from exchange.db import Database
from exchange.models import LetterState
from exchange.settings import Settings
from tests.conftest import KINDS
from tests.flows.course_steps import Course, courses
from tests.flows.courses import Running
from tests.flows.known_courses import KNOWN
from tests.flows.sixty_readers import DROPPED, KILLED, MONDAY_NOON, Post, Weekend, sink_of
from tests.flows.verdicts import judge
from tests.flows.wire import mortal
from tests.hand_clock import HandClock
from tests.mail.sink import running
from tests.reused import ReusedDatabase, ReusedFile, kept_database
from tests.share import SHARES

EXAMPLES = 5  # a course takes two seconds; `make faults` walks many more
MANY = 30 * SHARES
POSTGRESQL = KINDS[1]

Go = Callable[[Course], None]


@pytest.fixture(params=KINDS)
def go(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Go]:
    """Walk a course on an empty database and judge it; a course that goes wrong is told step by step."""
    name = "migrated_file" if request.param == "sqlite" else "migrated_postgres"
    reused: ReusedFile | ReusedDatabase = request.getfixturevalue(name)
    with kept_database(reused.url, "courses") as database:

        def walked(course: Course) -> None:
            database.dispose()
            reused.empty()
            _walked(course, database, _settings(reused.url, tmp_path))

        yield walked


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        database_url=url,
        data_dir=folder,
        sample=False,
        base_url="https://exchange.example.org",
        mail_from="CTPN Exchange <programme@example.org>",
    )


def _walked(course: Course, database: Database, settings: Settings) -> None:
    running = Running(course, database, settings)
    try:
        with mortal(database, lambda: running.wire.is_dead):
            running.begin()
            running.go()
        judge(running)
    except AssertionError as wrong:
        wrong.add_note(f"\nThe course. {course}\n\nWhat happened:\n" + "\n".join(running.log))
        raise


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("go", ["sqlite"], indirect=True)
def test_a_course_that_went_wrong_once_tells_each_reader_once(name: str, go: Go) -> None:
    """Each was found by the property below; known_courses.py says what happened."""
    go(KNOWN[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("go", [POSTGRESQL], indirect=True)
def test_and_it_does_on_postgresql(name: str, go: Go) -> None:
    go(KNOWN[name])


# ``go`` empties the database each time; and one fault at a time, for shrinking takes minutes.
_quietly = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
_OFTEN = hypothesis_settings(
    max_examples=EXAMPLES,
    suppress_health_check=_quietly,
    report_multiple_bugs=False,
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
)


@_OFTEN
@given(course=courses())
def test_any_course_comes_to_rest_and_tells_each_reader_once(course: Course, go: Go) -> None:
    go(course)


@pytest.mark.slow
@hypothesis_settings(_OFTEN, max_examples=MANY)
@given(course=courses())
def test_very_many_courses_do(course: Course, go: Go) -> None:
    go(course)


@pytest.mark.slow
def test_a_cycle_cancelled_on_friday_night_is_told_to_sixty_readers_once(
    database: Database, settings: Settings, clock: HandClock
) -> None:
    """Each minute of the weekend took back the letters that said so and wrote sixty new ones."""
    post = Post(clock)
    with running(sink_of(post)) as at, mortal(database, lambda: post.is_dead):
        told = settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{at}?starttls=never")})
        weekend = Weekend(database, told, clock, post)
        weekend.invite()
        weekend.cancel()
        while clock() < MONDAY_NOON:
            clock.set(clock() + timedelta(minutes=5))
            weekend.tick()
            assert weekend.count_halts() in {0, 60}, f"{clock():%A %H:%M}"
    letters = weekend.halts()
    assert Counter(one.state for one in letters) == {LetterState.SENT: 60}
    assert len({one.message_id for one in letters}) == len({one.person_id for one in letters}) == 60
    assert {one.message_id for one in letters} == {message_id for message_id, _ in post.heard}
    assert len({to for _, to in post.heard}) == 60
    copies = len(post.heard) - 60
    assert copies <= len(DROPPED) + len(KILLED)
    assert post.shown >= max(DROPPED + KILLED)  # all of it befell them
    with_part = [one.calendar != "" for one in letters]
    assert with_part.count(True) == 55
