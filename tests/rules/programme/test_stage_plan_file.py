"""The stage plan as shipped, and the sentence for each way of getting its file wrong."""

import tomllib
from copy import deepcopy
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import ConfigurationError
from exchange.rules.programme.cycles import read_stage_plan
from exchange.rules.programme.stage_plan import Anchor, CycleAsk, MessageClass
from tests.rules.plans import shipped_document, shipped_plan


def test_shipped_plan_has_eight_stages_within_and_follows_up_twice() -> None:
    plan = shipped_plan()
    assert [stage.key for stage in plan.stages_within] == [
        "launch",
        "scope",
        "gather",
        "gather_closes",
        "exchange",
        "draft",
        "review",
        "publish",
    ]
    outside = [(s.key, s.first_week, s.last_week) for s in plan.stages if s.phase != "within"]
    assert outside == [("prepare", -3, -1), ("follow_up", 4, 4), ("follow_up_13", 13, 13)]
    assert (plan.duration_weeks, plan.cadence_weeks, plan.send_at) == (8, 8, time(9))


def test_shipped_session_is_on_thursday_in_two_sittings() -> None:
    plan = shipped_plan()
    assert (plan.session_stage, plan.session_weekday, plan.session.minutes) == ("exchange", 3, 90)
    assert [(s.at, s.time_zone) for s in plan.session.sittings] == [
        (time(14), "Europe/London"),
        (time(8), "Europe/London"),
    ]


def test_shipped_letters_are_those_of_the_stage_plan() -> None:
    letters = {letter.key: letter for letter in shipped_plan().letters}
    assert list(letters) == [
        *("E0", "E1", "E2", "E2-2d", "E2-2h", "E3", "E3-groups", "E4"),
        *("E5", "E5-1d", "E5-1h", "E6", "E7", "E8", "E8-2d", "E9", "E9-new"),
    ]
    steps = {kind: [step.key for step in shipped_plan().ladder(kind)] for kind in CycleAsk}
    assert steps[CycleAsk.CITIES] == ["half_way", "day_before", "lead"]
    assert steps[CycleAsk.GROUPS] == ["half_way", "day_before", "chair", "lead_of_member"]
    assert {letter.message_class for letter in letters.values()} == {MessageClass.PROGRAMME}
    assert letters["E6"].anchor is Anchor.MEETING_END
    assert letters["E5-1h"].reminds_of == "E5"


def test_plan_may_have_other_weeks() -> None:
    document = changed(["duration_weeks"], 10)
    stages = document["stages"]
    stages[8]["weeks"] = [8, 10]
    assert read_stage_plan(document).stages_within[-1].weeks == 3


def changed(path: list[str | int], value: object) -> dict[str, Any]:
    document: dict[str, Any] = deepcopy(shipped_document())
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["duration_weeks"], None, "duration_weeks is missing."),
        (["duration_weeks"], "8", "duration_weeks: expected a whole number from 1 to 52"),
        (["duration_weeks"], True, "duration_weeks: expected a whole number"),
        (["duration_weeks"], 9, "stages: expected stages whose weeks end with 9"),
        (["cadence_weeks"], 0, "cadence_weeks: expected a whole number from 1 to 52, found 0"),
        (["send_at"], "09:00", "send_at: expected a time like 09:00:00, without quotes"),
        (["session"], "party", "session: expected one of scoping_call, session, found 'party'"),
        (["colour"], "blue", "colour: expected one of the keys asks, cadence_weeks, chasing, duration_weeks"),
        (["stages"], [], r"stages: expected a list of one or more tables, found \[\]"),
        (["stages"], "none", "stages: expected a list"),
        (["stages", 1], 5, r"stages\[2\]: expected a table of keys and values, found 5"),
        (["stages", 1, "key"], "1st stage", r"stages\[2\].key: expected a letter, then"),
        (["stages", 1, "key"], "scope", r"stages\[3\]: expected each key and each stage once"),
        (["stages", 1, "name"], "", r"stages\[2\].name: expected one line of text"),
        (["stages", 1, "name"], "La\nunch", r"stages\[2\].name: expected one line of text"),
        (["stages", 1, "name"], "x" * 200, r"stages\[2\].name: expected at most 80 characters"),
        (["stages", 1, "owner"], "nobody", r"stages\[2\].owner: expected one of coordinator"),
        (["stages", 1, "weeks"], [2, 2], r"stages\[2\].weeks: expected weeks that begin with 1"),
        (["stages", 1, "weeks"], [1, 2], r"stages\[3\]: expected weeks that begin with 3"),
        (["stages", 1, "weeks"], [1], r"stages\[2\].weeks: expected \[first, last\]"),
        (["stages", 1, "weeks"], [2, 1], r"stages\[2\].weeks: expected \[first, last\]"),
        (["stages", 1, "weeks"], None, r"stages\[2\]: expected exactly one of weeks,"),
        (["stages", 1, "weeks_after"], [1, 1], r"stages\[2\]: expected exactly one of weeks,"),
        (["stages", 0, "weeks_before"], [-1, 0], r"stages\[1\].weeks_before: expected"),
        (["stages", 10, "weeks_after"], [4, 4], r"stages\[11\]: expected weeks that begin with 5"),
        (["meetings", 0, "weekday"], "thursday", r"meetings\[1\].weekday: expected one of Monday"),
        (["meetings", 0, "stage"], "prepare", r"meetings\[1\].stage: expected one of launch"),
        (["meetings", 0, "stage"], "exchange", r"meetings\[2\]: expected each key and each stage"),
        (["meetings", 0, "minutes"], 0, r"meetings\[1\].minutes: expected a whole number"),
        (["meetings", 0, "sittings"], [], r"meetings\[1\].sittings: expected a list"),
        (
            ["meetings", 0, "sittings", 0, "time_zone"],
            "Europe/Londen",
            r"meetings\[1\].sittings\[1\].time_zone: expected a time zone like Europe/Stockholm",
        ),
        (["letters", 1, "stage"], "lunch", r"letters\[2\].stage: expected one of prepare, launch"),
        (["letters", 1, "from"], "noon", r"letters\[2\].from: expected one of stage_start"),
        (["letters", 1, "from"], "meeting_start", r"letters\[2\].from: .*launch has no meeting"),
        (["letters", 1, "hours"], 2, r"letters\[2\].hours: expected hours only from a meeting"),
        (["letters", 3, "hours"], 2, r"letters\[4\].hours: expected hours only .* beside days"),
        (["letters", 1, "days"], 1.5, r"letters\[2\].days: expected a whole number"),
        (["letters", 1, "audience"], [], r"letters\[2\].audience: expected a list of different"),
        (["letters", 1, "audience"], ["all"], r"letters\[2\].audience: expected words from board"),
        (["letters", 1, "audience"], [["all"]], r"letters\[2\].audience: expected words from"),
        (["letters", 1, "only_silent"], "no", r"letters\[2\].only_silent: expected true or false"),
        (["letters", 3, "reminds_of"], "E99", r"letters\[4\].reminds_of: expected the key of a"),
        (["letters", 4, "reminds_of"], "E2-2d", r"letters\[5\].reminds_of: expected the key of a"),
        (["letters", 1, "class"], "spam", r"letters\[2\].class: expected one of service, programme"),
        (["chasing", 0, "to"], "all", r"chasing\[1\].to: expected one of silent, chair, city_lead"),
        (["chasing", 0, "from"], "start", r"chasing\[1\].from: expected one of half_way, due"),
        (["chasing", 0, "days"], 60, r"chasing\[1\].days: expected a whole number from -28 to 28"),
        (["chasing", 0, "asks"], ["boards"], r"chasing\[1\].asks: expected words from cities, groups"),
        (["chasing", 1, "key"], "half_way", r"chasing\[2\]: expected each key and each stage once"),
        (["letters", 1, "key"], "E0", r"letters\[2\]: expected each key and each stage once"),
    ],
)
def test_plan_that_is_wrong_is_refused_at_its_key_with_what_was_expected(
    path: list[str | int], value: object, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_stage_plan(changed(path, value))


def test_empty_file_says_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="duration_weeks is missing"):
        read_stage_plan(tomllib.loads(""))


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document, from its keys down to its leaves."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [at for key, item in inner for at in ((*path, key), *places(item, (*path, key)))]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60)
@given(st.sampled_from(places(shipped_document())), anything)
def test_whatever_stands_in_the_file_is_read_or_refused_in_words(
    path: tuple[str | int, ...], value: object
) -> None:
    said: str | None = None
    try:
        read_stage_plan(changed(list(path), value))
    except ConfigurationError as refusal:
        said = str(refusal)
    assert said is None or said.endswith(".")
