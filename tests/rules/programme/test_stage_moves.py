"""Moving what is not done: nothing done moves, nothing overlaps, order stays."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput, NotFound
from exchange.rules.programme.cycles import moved_stages, stages_for
from tests.rules.plans import shipped_plan

C1 = date(2027, 1, 11)


@dataclass(frozen=True)
class Stage:
    key: str
    starts_on: date
    ends_on: date
    is_done: bool = False


def stages(*, done: int = 0) -> list[Stage]:
    """The stages of C1, the first ``done`` of them done."""
    return [
        Stage(stage.key, stage.starts_on, stage.ends_on, is_done=n < done)
        for n, stage in enumerate(stages_for(shipped_plan(), C1))
    ]


def test_moving_the_start_moves_every_stage() -> None:
    moved = moved_stages(stages(), key=None, days=14)
    later = stages_for(shipped_plan(), C1 + timedelta(weeks=2))
    assert [(m.key, m.starts_on, m.ends_on) for m in moved] == [
        (stage.key, stage.starts_on, stage.ends_on) for stage in later
    ]


def test_moving_a_stage_takes_along_what_follows_and_leaves_what_went_before() -> None:
    moved = moved_stages(stages(done=3), key="exchange", days=3)
    assert [m.key for m in moved] == [
        "exchange",
        "draft",
        "review",
        "publish",
        "follow_up",
        "follow_up_13",
    ]
    assert (moved[0].starts_on, moved[0].ends_on) == (date(2027, 2, 11), date(2027, 2, 17))


def test_done_stages_stay_when_the_start_moves() -> None:
    moved = moved_stages(stages(done=4), key=None, days=7)
    assert moved[0].key == "gather_closes"
    assert "launch" not in {m.key for m in moved}


@pytest.mark.parametrize(
    ("key", "days", "said"),
    [
        (None, 3, "whole weeks"),
        ("launch", 7, "What is done is not moved"),
        ("scope", -1, "Scope would begin on .*, before Launch has ended"),
        ("gather", -7, "Gather would begin on .*, before Scope has ended"),
        (None, -7, "Scope would begin on"),
        ("scope", 10**7, "too far away"),
    ],
)
def test_move_that_cannot_be_is_refused(key: str | None, days: int, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        moved_stages(stages(done=2), key=key, days=days)
    assert refusal.value.field == "days"


def test_stage_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="no stage lunch"):
        moved_stages(stages(), key="lunch", days=7)


def test_cycle_that_is_all_done_has_nothing_to_move() -> None:
    with pytest.raises(InvalidInput, match="nothing is left to move"):
        moved_stages(stages(done=11), key=None, days=7)


def test_stage_done_early_holds_back_those_before_it() -> None:
    """Somebody closed the draft early: the exchange cannot slip onto it."""
    early = [Stage(s.key, s.starts_on, s.ends_on, is_done=s.key == "draft") for s in stages()]
    with pytest.raises(InvalidInput, match=r"Draft would begin on .*, before Exchange has ended"):
        moved_stages(early, key="exchange", days=1)


def test_move_by_nothing_changes_nothing() -> None:
    assert moved_stages(stages(), key="scope", days=0) == ()


@given(
    st.integers(0, 10),
    st.one_of(st.none(), st.sampled_from([stage.key for stage in stages()])),
    st.integers(-60, 400),
)
def test_moves_keep_order_and_leave_what_is_done(done: int, key: str | None, days: int) -> None:
    before = stages(done=done)
    try:
        moved = {m.key: m for m in moved_stages(before, key=key, days=days)}
    except InvalidInput:
        return
    assert not {stage.key for stage in before if stage.is_done} & set(moved)
    after = [moved.get(stage.key, stage) for stage in before]
    for was, now in zip(before, after, strict=True):
        assert now.ends_on - now.starts_on == was.ends_on - was.starts_on
    for first, second in pairwise(after):
        assert first.ends_on < second.starts_on
