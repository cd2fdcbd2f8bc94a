"""What a wording of a letter that answers an action may hold and must hold, and what it never gets to say."""

from datetime import UTC, datetime

import pytest

from exchange.db import Database
from exchange.mail.writing import transactional_letters
from exchange.mail.writing.custom_wording import Edited, Wordings, default_wording
from exchange.models import Person
from exchange.rules.letters.placeholders import needs_of
from exchange.settings import Settings
from exchange.wordings.available_placeholders import rules_of
from exchange.wordings.drafts import Scope, faults_in
from exchange.wordings.hypothetical_letters import hypothetical_letter
from exchange.wordings.trial import Trial
from tests.factories import make_training, stage_plan
from tests.mail.programme import three_city_cycle
from tests.mail.writing.test_compose import words_of

PLAN = stage_plan()
RULES = rules_of(PLAN)
KEYS = [rule.key for rule in transactional_letters.TRANSACTIONAL_LETTERS]
OF_EVENTS = [
    key
    for key in KEYS
    if key
    not in {
        *(transactional_letters.RECEIPT, transactional_letters.PASSED_ON, transactional_letters.MORE_DAYS),
        transactional_letters.YOUR_ACTIONS,
    }
]
OF_CYCLES = [key for key in KEYS if key not in transactional_letters.OF_EVENTS]
ABOUT_NOTHING_MARKED = {
    *transactional_letters.OF_ACCOUNTS,
    *transactional_letters.OF_MEMBERS,
    transactional_letters.NEW_ADDRESS,
}
SETTINGS = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
AT = datetime(2027, 1, 5, 9, tzinfo=UTC)


def said(key: str, subject: str, body: str) -> dict[str, list[str]]:
    found = faults_in(Scope(RULES[key]), Edited(subject, body))
    return {field: [one.template % one.values for one in faults] for field, faults in found.items()}


@pytest.mark.parametrize("key", KEYS)
def test_the_default_is_right_and_an_unknown_placeholder_is_not(key: str) -> None:
    came = default_wording(key)
    assert said(key, came.subject, came.body) == {}
    found = said(key, "On {stages_}", f"At {{xyzzy}}\n\n{came.body}")
    assert found["body"] == ["Line 1, column 4: There is no placeholder {xyzzy} in this letter."]
    assert found["subject"][0].startswith(
        "Line 1, column 4: There is no placeholder {stages_} in this letter."
    )


@pytest.mark.parametrize(
    ("key", "needed"),
    [
        (transactional_letters.SIGNING_IN, "link"),
        (transactional_letters.ASK, "tasks"),
        (transactional_letters.PRODUCT_REVIEW, "link"),
        (transactional_letters.YOUR_ACTIONS, "actions"),
        (transactional_letters.CONFIRMING, "link"),
        (transactional_letters.SECOND_FACTOR, "news"),
        (transactional_letters.PASSED_ON, "link"),
        (transactional_letters.MORE_DAYS, "link"),
        (transactional_letters.MOVED, "changes"),
        (transactional_letters.MOVED, "new_answer"),
        (transactional_letters.RESUMED, "changes"),
        (transactional_letters.RESUMED, "new_answer"),
    ],
)
def test_what_a_letter_cannot_do_without_is_asked_for_at_its_place(key: str, needed: str) -> None:
    body = default_wording(key).body.replace(f"{{{needed}}}", "") + "\n\nBye."
    place = f"Line {body.count(chr(10)) + 1}, column 5: "
    assert said(key, "x", body) == {
        "body": [f"{place}This letter cannot do without {{{needed}}}: write it here, or further up."]
    }


@pytest.mark.parametrize(
    "key",
    [
        transactional_letters.SIGNING_IN,
        transactional_letters.CONFIRMING,
        transactional_letters.SECOND_FACTOR,
        transactional_letters.PASSED_ON,
        transactional_letters.CANCELLED,
        "E3",
    ],
)
def test_a_link_does_not_stand_in_a_subject(key: str) -> None:
    (fault,) = said(key, "See {link}", "See {link}")["subject"]
    assert fault.startswith("Line 1, column 5: {link} stands in the text alone")


def test_what_is_needed_does_not_hang_on_what_may_have_nothing_to_say() -> None:
    text = "Hello\n\n{changes}\n{link}\n\nBye"
    (fault,) = needs_of(text, {"changes"}, {"link", "changes"})
    assert (fault.line, fault.column, fault.sentence.values) == (3, 1, {"name": "changes", "other": "link"})
    assert needs_of(f"{text}\n\n{{changes}}", {"changes"}, {"link", "changes"}) == []


def supposed(
    database: Database, marking: str, *, is_event: bool
) -> dict[str, transactional_letters.TransactionalLetter]:
    """A letter of each kind about a cycle or an event of that marking."""
    found = {}
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking, title="Secret theme")
        if is_event:
            title, place = "Secret theme", "Secret hall"
            make_training(session, host_city=cycle.lead_city, title=title, marking=marking, place=place)
            cycle.cancelled_at = AT
            session.flush()
        me = session.get_one(Person, 1)
        for key in OF_EVENTS if is_event else OF_CYCLES:
            scope = Scope(
                RULES[key], cycle.id if marking == "TLP:RED" else None
            )  # RED is no example by itself
            example = hypothetical_letter(Trial(session, scope, PLAN, SETTINGS, me, AT))
            assert example is not None
            assert isinstance(example.letter, transactional_letters.TransactionalLetter)
            assert example.letter.key == key
            found[key] = example.letter
    return found


@pytest.mark.parametrize("is_event", [False, True])
def test_every_default_reads_the_same_when_it_is_written_with_placeholders(
    database: Database, is_event: bool
) -> None:
    for key, letter in supposed(database, "TLP:GREEN", is_event=is_event).items():
        came = letter.written(SETTINGS)
        edited = letter.written(SETTINGS, Wordings({(key, None): default_wording(key)}))
        assert edited.text.splitlines() == came.text.splitlines()
        assert edited.subject == came.subject
        assert words_of(edited.html) == edited.text.split()
        assert ("Secret theme" in came.text) is (key not in ABOUT_NOTHING_MARKED)


def test_nothing_at_tlp_red_is_an_example_by_itself(database: Database) -> None:
    """Not all who word letters may know that it exists."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking="TLP:RED", title="Secret theme")
        make_training(session, host_city=cycle.lead_city, title="Secret theme", marking="TLP:RED")
        me = session.get_one(Person, 1)
        for key in set(KEYS) - ABOUT_NOTHING_MARKED:
            assert hypothetical_letter(Trial(session, Scope(RULES[key]), PLAN, SETTINGS, me, AT)) is None


def test_no_wording_brings_a_title_or_a_link_past_tlp_red(database: Database) -> None:
    names = ("title", "party", "reason", "changes", "own_time", "new_answer", "meeting_when", "link")
    all_of_it = "\n\n".join(f"{{{name}}}" for name in names)
    for key, letter in supposed(database, "TLP:RED", is_event=False).items():
        if key in ABOUT_NOTHING_MARKED:
            continue
        wordings = Wordings({(key, None): Edited("Mine {title} {headline}", f"Mine\n\n{all_of_it}")})
        came, worded = letter.written(SETTINGS), letter.written(SETTINGS, wordings)
        assert worded == came
        assert worded.subject.startswith("[TLP:RED] ")
        for secret in ("Secret", "Mine", "2027", "/answer/", "/attend/"):
            assert secret not in worded.subject + worded.text + worded.html
