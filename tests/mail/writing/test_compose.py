"""Letters as their readers get them: golden files, markings, and HTML that says the same as the text.

EXCHANGE_TEST_WRITE_GOLDEN=1 writes the golden files anew; read them before you commit.
"""

import os
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_cycle, planned_for_training
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.compose import sign_in_letter
from exchange.mail.writing.occasions.account_letters import (
    SignInNews,
    confirming_letter,
    second_factor_letter,
)
from exchange.mail.writing.template_rendering import TEMPLATES
from exchange.models import Board, BoardMember, Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.factories import make_city, make_person, make_training, stage_plan
from tests.mail.programme import (
    ATLANTIC,
    EARLY,
    PACIFIC,
    composed,
    lead_cities,
    letter_to,
    three_city_cycle,
    with_second_version,
)
from tests.named import name_everybody

GOLDEN = Path(__file__).parents[2] / "golden/letters"
READERS = ("Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz")
KINDS = (
    *("E0", "E1", "E2", "E2-2d", "E2-2h", "E3", "E4", "E5", "E5-1d", "E5-1h"),
    *("E6", "E7", "E8", "E8-2d", "E9"),
)
C1, C5 = date(2027, 1, 11), date(2027, 10, 4)
LINE = "\n" + "-" * 72 + "\n"
SECRETS = ("Secret theme", "https://meet.example.org/1", "Bunker 7", "The scenario")


def compare(name: str, text: str) -> None:
    """Hold a text against its golden file."""
    text = re.sub(r"(/letters/preferences/)\S+", r"\1...", text)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("EXCHANGE_TEST_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("cycle_name", "starts_on"), [("C1", C1), ("C5", C5)])
def test_each_letter_reads_as_its_golden_file(database: Database, cycle_name: str, starts_on: date) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, starts_on=starts_on)
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        for kind in KINDS:
            compare(f"{kind}_{cycle_name}", read_whole([one for one in planned if one.kind == kind]))


def read_whole(planned: Sequence[Planned]) -> str:
    texts = []
    for one in planned:
        letter = composed(one)
        head = f"To: {one.person.name} in {one.city}, {one.local.on} {one.local.at:%H:%M}"
        texts.append(f"{head}\nSubject: {letter.subject}\n\n{letter.text}")
    return LINE.join(texts)


def test_letter_of_a_new_version_reads_as_its_golden_file(database: Database) -> None:
    """It came out on the Saturday before the clocks changed in America: its readers hear on Monday."""
    out_at = datetime(2027, 3, 14, 3, tzinfo=UTC)
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        with_second_version(session, cycle, out_at)
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=out_at)
        news = [one for one in planned if one.kind in {"E9", "E9-new"}]
        assert {one.kind for one in news} == {"E9-new"}
        compare("E9-new", read_whole(news))


@pytest.mark.parametrize("on", [date(2027, 3, 18), date(2027, 11, 4)])
def test_letters_of_an_event_in_an_out_of_step_week_read_as_their_golden_file(
    database: Database, on: date
) -> None:
    with database.transaction() as session:
        stockholm, london, washington = lead_cities(session)
        training = make_training(
            session,
            host_city=london,
            cities=[stockholm, washington],
            title="Table-top",
            on_local=on,
            starts_local=time(14),
            place="Room 4",
            join_link="https://meet.example.org/1",
        )
        planned = planned_for_training(session, training, now=EARLY)
        assert {one.kind for one in planned} == {"T1", "T1-7d", "T1-1d"}
        compare(f"T1_{on}", read_whole(planned))


def test_every_default_subject_begins_with_the_marking_and_names_a_day(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        make_person(session, "Lena Lead", city=cycle.cities[0], roles=[Role.CITY_LEAD])
        training = make_training(session, host_city=cycle.lead_city)
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        subjects = {one.kind: composed(one).subject for one in planned}
        with_second_version(session, cycle, EARLY)
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        subjects |= {one.kind: composed(one).subject for one in planned if one.kind == "E9-new"}
    assert set(subjects) >= {rule.key for rule in stage_plan().letters} | {"E3_lead", "T1", "T1-1d"}
    for subject in subjects.values():
        assert re.match(
            r"\[TLP:GREEN\] .*\d{1,2} (Nov|Dec|Jan|Feb|Mar)\b.*: (Hostile drones|Training \d+)$", subject
        )


def test_story_3_the_letter_of_a_five_hour_week_says_so(database: Database) -> None:
    """14:00 in London on Thu 4 Nov 2027 is 15:00 in Stockholm and 10:00 in Washington."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, starts_on=C5)
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        stockholm, london, washington = (composed(letter_to(planned, "E4", name)).text for name in READERS)
    assert "Thursday 4 November 2027, 15:00 in Stockholm" in stockholm
    assert "Thursday 4 November 2027, 14:00 in London" in london
    assert "Thursday 4 November 2027, 10:00 in Washington DC" in washington
    note = "5-hour week: Stockholm 5 hours ahead of Washington DC, usually 6."
    assert note in stockholm
    assert note in washington
    assert note not in london
    assert "4-hour week: London 4 hours ahead of Washington DC, usually 5." in london


def test_an_ordinary_week_says_nothing_of_clocks_out_of_step(database: Database) -> None:
    with database.transaction() as session:
        planned = planned_for_cycle(session, three_city_cycle(session), plan=stage_plan(), now=EARLY)
        letter = composed(letter_to(planned, "E4", "Maria Ruiz"))
    assert "Thursday 11 February 2027, 09:00 in Washington DC" in letter.text
    assert "hour week" not in letter.text
    assert (
        letter.subject == "[TLP:GREEN] You are invited on Thu 11 Feb, 09:00 in Washington DC: Hostile drones"
    )


def test_cities_that_share_a_clock_share_a_line(database: Database) -> None:
    """A letter of an exchange of sixty cities listed fifty-nine of them, one a line."""
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        cycle.cities = [*cycle.cities, make_city(session, "Dublin"), make_city(session, "Auckland")]
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        text = composed(letter_to(planned, "E4", "Maria Ruiz")).text
    lines = text.partition("The same moment elsewhere:\n")[2].split("\n\n")[0].split("\n")
    assert lines == ["  Stockholm: 15:00", "  London, Dublin: 14:00", "  Auckland: 03:00, Fri 12 Feb"]


def test_of_two_sittings_each_reader_gets_the_one_that_suits_and_hears_of_the_other(
    database: Database,
) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, sittings=(ATLANTIC, PACIFIC))
        auckland = make_city(session, "Auckland")
        make_person(session, "Hana Tipene", city=auckland)
        cycle.cities = [*cycle.cities, auckland]
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        for kind in ("E4", "E5"):
            south = composed(letter_to(planned, kind, "Hana Tipene")).text
            north = composed(letter_to(planned, kind, "Åsa Öberg")).text
            assert "  Thursday 11 February 2027, 21:00 in Auckland" in south
            assert "second sitting for other parts of the world: Friday 12 February 2027, 03:00" in south
            assert "  Thursday 11 February 2027, 15:00 in Stockholm" in north
            assert "Auckland: 03:00, Fri 12 Feb" in north


def test_the_html_of_every_letter_says_the_same_as_its_text(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, sittings=(ATLANTIC, PACIFIC), is_chatham_house=True)
        for sitting in cycle.sittings:
            sitting.join_link = "https://meet.example.org/<drones>&1"
        training = make_training(
            session, host_city=cycle.lead_city, place="Room <4> & hall", description="Bring\ngloves"
        )
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        letters = [composed(one) for one in planned]
    assert {one.kind for one in planned} >= {"E1", "E5-1h", "E8-2d", "T1", "T1-7d", "T1-1d"}
    for letter in letters:
        assert words_of(letter.html) == letter.text.split()
        assert "<style" not in letter.html
        assert "<4>" not in letter.html


def test_a_title_that_could_be_markup_stays_text(database: Database) -> None:
    title = "<script>alert(1)</script> & 100 % {{ 7*7 }}"
    with database.transaction() as session:
        planned = planned_for_cycle(
            session, three_city_cycle(session, title=title), plan=stage_plan(), now=EARLY
        )
        letter = composed(letter_to(planned, "E3", "Åsa Öberg"))
    assert "<script>" not in letter.html
    assert letter.subject.endswith(f": {title}")


@pytest.mark.parametrize(
    ("marking", "shown"),
    [
        (Marking.CLEAR, SECRETS),
        (Marking.GREEN, SECRETS),
        (Marking.AMBER, ("Secret theme",)),
        (Marking.AMBER_STRICT, ("Secret theme",)),
        (Marking.RED, ()),
    ],
)
def test_a_letter_holds_what_its_marking_allows_and_no_more(
    database: Database, marking: Marking, shown: tuple[str, ...]
) -> None:
    with database.transaction() as session:
        lead, *_ = lead_cities(session)
        training = make_training(
            session,
            host_city=lead,
            title="Secret theme",
            join_link="https://meet.example.org/1",
            place="Bunker 7",
            description="The scenario",
            marking=marking,
        )
        name_everybody(session)
        planned = planned_for_training(session, training, now=EARLY)
        letters = {one.kind: composed(one) for one in planned}
    assert set(letters) == {"T1", "T1-7d", "T1-1d"}
    for letter in letters.values():
        assert letter.subject.startswith(f"[{marking}] ")
        assert f"https://exchange.example.org/trainings/{training.id}" in letter.text
        assert ("Secret theme" in letter.subject) == ("Secret theme" in shown)
        for secret in set(SECRETS) - set(shown):
            assert secret not in letter.subject + letter.text + letter.html
    for secret in shown:
        assert secret in letters["T1"].text
    assert ("11 Mar" in letters["T1"].text) == (marking is not Marking.RED)


@pytest.mark.parametrize(
    ("marking", "is_written"), [(Marking.GREEN, True), (Marking.AMBER, True), (Marking.RED, False)]
)
def test_a_board_member_is_led_to_no_page_that_stays_closed(
    database: Database, marking: Marking, is_written: bool
) -> None:
    """Of a RED cycle that names neither city nor group of theirs it said "Sign in to read it": to a 404."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking)
        member = make_person(session, "Bo Ard", city=make_city(session, "Dublin"), roles=[])
        board = Board(key="B1", name="Board")
        board.members = [BoardMember(person_id=member.id)]
        session.add(board)
        session.flush()
        name_everybody(session)
        cycle.named_ids = [one for one in cycle.named_ids if one != member.id]
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        page = f"/cycles/{cycle.id}"
        assert page in composed(letter_to(planned, "E0", "Priya Nair")).text
        assert ("Bo Ard" in {one.person.name for one in planned}) is is_written
        if is_written:
            letter = composed(letter_to(planned, "E0", "Bo Ard"))
            assert page not in letter.text + letter.html


def test_the_sign_in_letter_says_how_long_its_link_lasts(database: Database) -> None:
    with database.transaction() as session:
        reader = make_person(session, "Åsa Öberg", city=make_city(session))
        link = "https://exchange.example.org/sign-in/x"
        letter = sign_in_letter(reader, link, minutes=20).written(Settings())
    compare("sign_in", f"Subject: {letter.subject}\n\n{letter.text}")
    assert letter.domain == "example.org"


@pytest.mark.parametrize("news", SignInNews)
def test_the_letter_about_a_second_factor_says_what_happened(database: Database, news: SignInNews) -> None:
    with database.transaction() as session:
        reader = make_person(session, "Åsa Öberg", city=make_city(session))
        link = "https://exchange.example.org/account/sign-in"
        letter = second_factor_letter(reader, news, link).written(Settings())
    compare(f"second_factor_{news.name.lower()}", f"Subject: {letter.subject}\n\n{letter.text}")
    assert words_of(letter.html) == letter.text.split()


def test_the_confirming_letter_says_in_which_browser_its_link_is_opened(database: Database) -> None:
    with database.transaction() as session:
        reader = make_person(session, "Åsa Öberg", city=make_city(session))
        link = "https://exchange.example.org/account/confirm/x"
        letter = confirming_letter(reader, link, minutes=20).written(Settings())
    compare("confirm_you", f"Subject: {letter.subject}\n\n{letter.text}")


def test_every_folder_of_letters_is_whole() -> None:
    folders = [path for path in TEMPLATES.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


class _Body(HTMLParser):
    """Collects the words of the body."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_in_body |= tag == "body"

    def handle_data(self, data: str) -> None:
        if self._is_in_body:
            self.words += data.split()


def words_of(html: str) -> list[str]:
    """What a reader of the HTML reads."""
    body = _Body()
    body.feed(html)
    return body.words
