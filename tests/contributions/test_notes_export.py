"""The notes of an exchange, taken along: nobody's name under the Chatham House Rule, and nothing closed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.settings import Settings
from tests.contributions.conftest import AskedCycle, make_asked_cycle
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NAMES = ("Anna", "anna", "Contact", "carl", "Bea", "Dora", "Emil", "Expert ", "London", "Washington")
TELLING = (
    "As I, Anna Contact of London, told ANNA and carl contact: Londoners and **Washington, DC** train; "
    "write to anna@example.org or see https://london.example.org/plan. Drones stay drones."
)


def hand_in(asking: AskedCycle, name: str, text: str, **more: object) -> None:
    typed = asking.typed(name, **{asking.questions(name)[0]: text}, **more)
    assert asking.browser().post(asking.links[name], data=typed).status_code == 303


def exported(browser: FlaskClient, asking: AskedCycle) -> tuple[str, str]:
    """The text file and the print view."""
    base = f"/cycles/{asking.round.cycle.id}/answers"
    file, paper = browser.get(f"{base}/notes.md"), browser.get(f"{base}/print")
    assert (file.status_code, paper.status_code) == (200, 200)
    assert "attachment" in file.headers["Content-Disposition"]
    return file.text, paper.text


def test_story_27_notes_exported_under_chatham_house_name_no_speaker(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    asking = make_asked_cycle(
        app, database, settings, clock, sign_in, title="Hostile drones", is_chatham_house=True
    )
    hand_in(
        asking, "Anna Contact", TELLING, practice_note="Ask Bea Lead.", links="https://london.example.org/x"
    )
    hand_in(asking, "Carl Contact", "What Dora said holds in Washington’s parks.")
    hand_in(asking, "Emil Expert", "Emil&nbsp;Expert here. Hostile drones are cheap.")
    for text in exported(asking.sign_in(asking.round.emil), asking):
        for name in NAMES:
            assert name not in text, (name, text)
        assert "example.org" not in text.replace(settings.base_url, "")
        assert "Drones stay drones." in text
        assert "Hostile drones are cheap." in text  # the group is called as the topic
        assert "Answer 1" in text
        assert "Answer 2" in text
        assert "Chatham House Rule applies" in text
    page = asking.sign_in(asking.round.emil).get(f"/cycles/{asking.round.cycle.id}/answers").text
    assert "Take the notes along, without names" in page


def test_notes_say_who_wrote_them_where_no_rule_forbids_it(asking: AskedCycle) -> None:
    hand_in(asking, "Anna Contact", TELLING, links="https://london.example.org/x")
    hand_in(asking, "Emil Expert", "Cheap.")
    file, paper = exported(asking.sign_in(asking.round.carl), asking)
    assert file.startswith("TLP:GREEN\n\n# Notes: ")
    assert file.endswith("\n\nTLP:GREEN\n")
    for text in (file, paper):
        assert "As I, Anna Contact of London" in text
        assert "Hostile drones, Emil Expert" in text
        assert "https://london.example.org/x" in text
    assert paper.count('class="paper-mark">TLP:GREEN') == 2


def test_notes_hold_what_their_reader_may_open_and_nothing_red(asking: AskedCycle) -> None:
    groups = [str(asking.round.group.id)]
    hand_in(asking, "Anna Contact", "For the group alone.", marking="TLP:AMBER+STRICT", groups=groups)
    hand_in(asking, "Carl Contact", "For its eyes alone.", marking="TLP:RED", named=asking.round.emil.email)
    hand_in(asking, "Dora Chair", "For all of us.")
    for text in exported(asking.sign_in(asking.round.emil), asking):
        assert "TLP:AMBER+STRICT" in text
        assert "For the group alone." in text
        assert "For all of us." in text
        assert "For its eyes alone." not in text
        assert "1 answer at TLP:RED is left out." in text
    for text in exported(asking.sign_in(asking.coordinator), asking):
        assert "For the group alone." not in text
        assert "For all of us." in text
        assert "TLP:AMBER+STRICT" not in text
        assert "left out" not in text  # how much is closed, and how, is not for this reader
    base = f"/cycles/{asking.round.cycle.id}/answers"
    assert asking.browser().get(f"{base}/notes.md").status_code == 303  # to the sign-in


@pytest.mark.parametrize("page", ["notes.md", "print"])
def test_red_exchange_exports_nothing(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn, page: str
) -> None:
    asking = make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:RED")
    base = f"/cycles/{asking.round.cycle.id}/answers"
    refused = sign_in(asking.round.anna).get(f"{base}/{page}")
    assert refused.status_code == 409
    assert "nothing is exported" in refused.text
    assert "notes.md" not in sign_in(asking.round.anna).get(base).text
