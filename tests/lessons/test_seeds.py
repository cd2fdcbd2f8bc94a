"""The findings of config/findings.toml: thirteen, in words of our own, written once each."""

import pytest
from sqlmodel import select

from exchange.commands.load_findings import findings_line
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.follow_up.progress import Decider
from exchange.lessons.seeds import load_findings, read_findings
from exchange.models import Lesson, Theme
from exchange.settings import CONFIG, read_toml
from tests.lessons.conftest import NOW

PATH = CONFIG / "findings.toml"
FILE = read_toml(PATH)
THEMES = ("T01", "T02", "T09", "T11", "T12", "T13", "T14", "T15", "T18", "T19")


def make_themes(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([Theme(key=key, name=f"Theme {key}") for key in THEMES])


def test_the_file_has_the_seven_of_the_summit_and_the_six_of_community_preparedness() -> None:
    numbers = [one.draft.source_number for one in read_findings(FILE)]
    assert numbers == ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "1", "2", "3", "4", "5", "6"]
    assert len({one.draft.source for one in read_findings(FILE)}) == 2


def test_loading_twice_changes_nothing_the_second_time(database: Database) -> None:
    make_themes(database)
    with database.transaction() as session:
        assert findings_line(session, PATH, NOW).endswith("13 findings, 13 of them new.")
        session.exec(select(Lesson).where(Lesson.key == "summit-1")).one().title = "As we say it"
    with database.transaction() as session:
        assert findings_line(session, PATH, NOW).endswith("13 findings, 0 of them new.")
        kept = session.exec(select(Lesson)).all()
    assert len(kept) == 13
    assert "As we say it" in {one.title for one in kept}
    assert all(one.theme_id for one in kept)


def test_a_theme_that_is_none_of_the_catalogue_is_named_and_nothing_is_kept(database: Database) -> None:
    with (
        pytest.raises(ConfigurationError, match="summit-1 has the theme T01"),
        database.transaction() as session,
    ):
        load_findings(session, read_findings(FILE), by=Decider(None, NOW))
    with database.reading() as session:
        assert session.exec(select(Lesson)).all() == []


SOURCE = {"key": "a", "name": "A report"}
FINDING = {
    "key": "a-1",
    "source": "a",
    "number": "1",
    "kind": "lesson",
    "title": "One",
    "text": "Two.",
    "marking": "TLP:GREEN",
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": "b"}, r"findings\[1\]\.source"),
        ({"kind": "rumour"}, r"findings\[1\]\.kind"),
        ({"marking": "TLP:RED"}, r"findings\[1\]\.marking"),
        ({"title": ""}, r"findings\[1\]\.title"),
        ({"phase": "later"}, r"findings\[1\]\.phase"),
        ({"colour": "red"}, r"findings\[1\]\.colour"),
    ],
)
def test_faults_of_the_file_are_named_by_their_place(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_findings({"sources": [SOURCE], "findings": [FINDING | wrong]})


def test_a_key_that_stands_twice_and_a_link_that_is_none_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="different keys"):
        read_findings({"sources": [SOURCE], "findings": [FINDING, FINDING]})
    with pytest.raises(ConfigurationError, match="begins with https://"):
        read_findings({"sources": [SOURCE | {"link": "www.example.org"}], "findings": [FINDING]})
