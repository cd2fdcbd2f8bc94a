"""config/asks.toml as it stands, and faults in such a file, each said with its place."""

import tomllib

import pytest

from exchange.errors import ConfigurationError
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.standing_questions import with_standing
from exchange.rules.asks.templates_file import AskedOf, read_ask_templates
from exchange.rules.programme.cycles import read_stage_plan
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import CONFIG, read_toml

WHOLE = """
[[templates]]
key = "event-feedback"
name = "Feedback after an event"
asked = "people"
marking = "TLP:AMBER+STRICT"

[[templates.questions]]
kind = "scale"
text = "Was the objective met?"
options = ["not at all", "fully"]
required = true
per = "objective"

[[templates.questions]]
kind = "text"
text = "What should change?"
help = "One thing is enough."
"""


def test_file_as_it_stands_has_the_asks_of_the_stage_plan() -> None:
    templates = read_ask_templates(read_toml(CONFIG / "asks.toml"))
    for kind in CycleAsk:
        assert templates[kind.template].asked == AskedOf(kind.value)
        assert templates[kind.template].takes_more


def test_template_is_read_whole() -> None:
    (template,) = read_ask_templates(tomllib.loads(WHOLE)).values()
    score, text = template.questions
    assert (template.asked, template.marking, template.takes_more) == (
        AskedOf.PEOPLE,
        "TLP:AMBER+STRICT",
        False,
    )
    assert (score.kind, score.is_required, score.per) == (QuestionKind.SCALE, True, RowOf.OBJECTIVE)
    assert (text.help, text.per, text.options) == ("One thing is enough.", None, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "event-feedback"', 'key = "Event"', r"templates\[1\].key: expected small letters"),
        (
            'asked = "people"',
            'asked = "boards"',
            r"templates\[1\].asked: expected one of cities, groups, people",
        ),
        (
            'marking = "TLP:AMBER+STRICT"',
            'marking = "AMBER"',
            r"templates\[1\].marking: expected one of own, TLP",
        ),
        (
            'kind = "scale"',
            'kind = "stars"',
            r"templates\[1\].questions\[1\].kind: expected one of text, choice",
        ),
        (
            'per = "objective"',
            'per = "city"',
            r"questions\[1\].per: expected one of theme, finding, objective",
        ),
        ('["not at all", "fully"]', '["not at all"]', r"questions\[1\]: Give the words at both ends"),
        ('kind = "text"', 'kind = "choices"', r"questions\[2\]: Give from 2 to 20 choices"),
        ("required = true", 'required = "yes"', r"questions\[1\].required: expected true or false"),
        ("required = true", "needed = true", r"questions\[1\].needed: expected one of the keys"),
        ('help = "One thing is enough."', 'help = ""', r"questions\[2\].help: expected one line of text"),
    ],
)
def test_fault_is_said_at_its_place(old: str, new: str, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(ConfigurationError, match=said):
        read_ask_templates(tomllib.loads(WHOLE.replace(old, new)))


def test_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"templates\[2\].key: expected each key once"):
        read_ask_templates(tomllib.loads(WHOLE + WHOLE))


STANDING = """
[[standing]]
text = "Who is missing?"
help = "No names."
"""


def test_standing_questions_follow_those_of_each_template_that_does_not_go_without() -> None:
    (template,) = read_ask_templates(tomllib.loads(STANDING + WHOLE)).values()
    assert [one.text for one in template.questions][-1] == "Who is missing?"
    assert (template.questions[-1].help, template.questions[-1].is_required) == ("No names.", False)
    assert len(template.questions) == 3
    without = (STANDING + WHOLE).replace('asked = "people"', 'asked = "people"\nstanding = false')
    (template,) = read_ask_templates(tomllib.loads(without)).values()
    assert len(template.questions) == 2


def test_exchanges_and_feedback_ask_who_is_missing_and_who_is_affected_indirectly() -> None:
    templates = read_ask_templates(read_toml(CONFIG / "asks.toml"))
    before = read_stage_plan(read_toml(CONFIG / "cycle.toml"))
    plan = with_standing(before, templates)
    two = [one.text for one in templates["event-feedback"].questions][-2:]
    assert [text.split()[:3] for text in two] == [["Who", "is", "missing"], ["Who", "is", "affected"]]
    for kind in CycleAsk:
        assert list(plan.ask(kind).questions) == [*before.ask(kind).questions, *two]
    assert [one.text for one in templates["needs-round"].questions][-2:] == two
    assert not {one.text for one in templates["findings-progress"].questions} & set(two)
    assert with_standing(before, {}) == before
