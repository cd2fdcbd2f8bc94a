"""The table of rights: who may do what, under each marking, as they stand now."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.access.circles import Circle
from exchange.rules.access.policy import Right, may, reach_of, rows
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

LONDON, PARIS, ELSEWHERE = 1, 2, 3
GROUP, OTHER_GROUP = 11, 12

VISITOR = NOBODY
CONTACT = Standing(21, is_in_network=True, cities=frozenset({PARIS}))
LEAD = Standing(22, is_in_network=True, cities=frozenset({LONDON}), leads=frozenset({LONDON}))
EXPERT = Standing(23, is_in_network=True, groups=frozenset({GROUP}))
# Whoever lives in the lead city and speaks for nobody there: their city is their clock alone.
RESIDENT = Standing(24, is_in_network=True, groups=frozenset({OTHER_GROUP}))
STRANGER = Standing(25, is_in_network=True, cities=frozenset({ELSEWHERE}))
LEFT = Standing(26, left_cities=frozenset({PARIS}))
COORDINATOR = Standing(27, is_in_network=True, plans=True)
AUDITOR = Standing(28, is_in_network=True, audits=True)
BOARD = Standing(29, is_in_network=True, boards=frozenset({1}))
EVERYONE = (VISITOR, CONTACT, LEAD, EXPERT, RESIDENT, STRANGER, LEFT, COORDINATOR, AUDITOR, BOARD)

CYCLE = Thing(
    Kind.CYCLE,
    Marking.CLEAR,
    lead_city=LONDON,
    cities=frozenset({PARIS}),
    groups=frozenset({GROUP}),
)


def who(right: Right, thing: Thing) -> set[int | None]:
    return {standing.person_id for standing in EVERYONE if may(standing, right, thing)}


def ids(*standings: Standing) -> set[int | None]:
    return {standing.person_id for standing in standings}


PARTIES = (CONTACT, LEAD, EXPERT)


@pytest.mark.parametrize(
    ("marking", "readers"),
    [
        (Marking.CLEAR, EVERYONE),
        (Marking.GREEN, (*PARTIES, COORDINATOR, AUDITOR, BOARD)),
        (Marking.AMBER, (*PARTIES, COORDINATOR, AUDITOR, BOARD)),
        (Marking.AMBER_STRICT, (*PARTIES, COORDINATOR)),
        (Marking.RED, ()),
    ],
)
def test_an_exchange_is_known_to_who_takes_part_and_oversees(
    marking: Marking, readers: tuple[Standing, ...]
) -> None:
    assert who(Right.READ, replace(CYCLE, marking=marking)) == ids(*readers)


def test_a_draft_is_its_planners_under_every_marking() -> None:
    for marking in set(Marking) - {Marking.RED}:
        draft = replace(CYCLE, marking=marking, is_published=False)
        for right in (Right.READ, Right.TAKE_PART, Right.CHANGE):
            assert who(right, draft) <= ids(COORDINATOR)


@pytest.mark.parametrize("person", [one for one in EVERYONE if one.is_in_network])
def test_red_is_known_to_the_people_named_and_nobody_else(person: Standing) -> None:
    red = replace(CYCLE, marking=Marking.RED, named=frozenset({person.person_id or 0}))
    assert who(Right.READ, red) == ids(person)
    assert who(Right.CHANGE, red) == (ids(person) if person is COORDINATOR else set())


@pytest.mark.parametrize("container", list(Marking))
def test_an_answer_is_open_to_its_own_ring_inside_the_exchanges(container: Marking) -> None:
    """Taking part is not seeing the container: AMBER in a CLEAR one was open to all who were signed in."""
    everybody = frozenset(one.person_id or 0 for one in EVERYONE if one.person_id)
    cycle = replace(CYCLE, marking=container, named=everybody)
    answer = Thing(Kind.ANSWER, "", for_city=PARIS, container=cycle)
    known = who(Right.READ, cycle)
    readers = {
        Marking.CLEAR: known,
        Marking.GREEN: known & ids(*PARTIES, RESIDENT, STRANGER, COORDINATOR, AUDITOR, BOARD),
        Marking.AMBER: known & ids(*PARTIES, COORDINATOR),
        Marking.AMBER_STRICT: known & ids(EXPERT),
        Marking.RED: known & ids(STRANGER),
    }
    for marking, expected in readers.items():
        named_groups = frozenset({GROUP})
        named = frozenset({STRANGER.person_id or 0})
        one = replace(answer, marking=marking, named_groups=named_groups, named=named)
        assert who(Right.READ, one) == expected, marking


@pytest.mark.parametrize(("marking", "container"), list(product(Marking, Marking)))
def test_an_author_reads_their_own_answer_while_they_stand_for_the_city_and_after_it_left(
    marking: Marking, container: Marking
) -> None:
    cycle = replace(CYCLE, marking=container)
    of = Thing(Kind.ANSWER, marking, authors=frozenset({21, 26}), for_city=PARIS, container=cycle)
    assert may(CONTACT, Right.READ, of)
    assert may(LEFT, Right.READ, of)
    moved = replace(CONTACT, cities=frozenset({ELSEWHERE}))
    if marking in {Marking.AMBER_STRICT, Marking.RED}:
        assert not may(moved, Right.READ, of)


def test_a_task_is_done_by_who_holds_it_while_they_stand_for_its_city_or_group() -> None:
    task = Thing(Kind.TASK, Marking.AMBER, authors=frozenset({23}), for_group=GROUP, container=CYCLE)
    assert may(EXPERT, Right.ANSWER, task)
    assert not may(replace(EXPERT, groups=frozenset()), Right.ANSWER, task)
    assert not may(replace(EXPERT, person_id=99), Right.ANSWER, task)
    handed_on = replace(task, authors=frozenset({25}), deputies=frozenset({25}), container=None)
    assert may(STRANGER, Right.ANSWER, handed_on)
    assert not may(replace(STRANGER, is_in_network=False), Right.ANSWER, handed_on)


def test_no_lead_writes_a_product_on_a_draft_that_only_planners_see() -> None:
    draft = Thing(Kind.DRAFT, Marking.AMBER, authors=frozenset({23}), container=CYCLE)
    assert who(Right.WRITE, draft) == ids(LEAD, EXPERT, COORDINATOR)
    before = replace(draft, container=replace(CYCLE, is_published=False))
    assert who(Right.WRITE, before) == ids(COORDINATOR)


def test_a_calendars_address_is_for_its_city_its_group_or_its_person() -> None:
    of_city = Thing(Kind.CALENDAR, Marking.GREEN, lead_city=PARIS)
    of_group = Thing(Kind.CALENDAR, Marking.GREEN, groups=frozenset({GROUP}))
    own = Thing(Kind.OWN_CALENDAR, Marking.GREEN, authors=frozenset({24}))
    assert who(Right.READ, of_city) == ids(CONTACT, COORDINATOR)
    assert who(Right.READ, of_group) == ids(EXPERT, COORDINATOR)
    assert who(Right.READ, own) == ids(RESIDENT)


def _as_one_stands(one: Standing) -> Standing:
    """Whoever has a role or a seat that holds is in the network."""
    has_part = one.plans or one.audits or one.cities or one.groups or one.boards
    return replace(one, is_in_network=one.is_in_network or bool(has_part))


_STANDINGS = st.builds(
    Standing,
    person_id=st.one_of(st.none(), st.integers(1, 4)),
    is_in_network=st.booleans(),
    plans=st.booleans(),
    audits=st.booleans(),
    cities=st.frozensets(st.integers(1, 3), max_size=2),
    leads=st.frozensets(st.integers(1, 3), max_size=2),
    left_cities=st.frozensets(st.integers(1, 3), max_size=1),
    groups=st.frozensets(st.integers(1, 3), max_size=2),
    boards=st.frozensets(st.integers(1, 2), max_size=1),
)
_STANDINGS = _STANDINGS.map(_as_one_stands)
_THINGS = st.builds(
    Thing,
    kind=st.sampled_from(Kind),
    marking=st.sampled_from([*Marking, "", "TLP:PURPLE"]),
    is_published=st.booleans(),
    lead_city=st.one_of(st.none(), st.integers(1, 3)),
    cities=st.frozensets(st.integers(1, 3), max_size=2),
    groups=st.frozensets(st.integers(1, 3), max_size=2),
    named=st.frozensets(st.integers(1, 4), max_size=2),
    named_groups=st.frozensets(st.integers(1, 3), max_size=2),
    authors=st.frozensets(st.integers(1, 4), max_size=2),
    for_city=st.one_of(st.none(), st.integers(1, 3)),
    for_group=st.one_of(st.none(), st.integers(1, 3)),
)


@given(_STANDINGS, st.sampled_from(Right), _THINGS, _THINGS)
def test_what_the_table_does_not_say_nobody_may(
    standing: Standing, right: Right, thing: Thing, cycle: Thing
) -> None:
    thing = replace(thing, container=replace(cycle, kind=Kind.CYCLE))
    if not may(standing, right, thing):
        return
    assert thing.marking in set(Marking)
    circles = reach_of(thing.kind, right)[Marking(thing.marking)]
    assert circles
    if thing.marking == Marking.RED and Circle.AUTHORS not in circles:
        assert standing.person_id in thing.named
    if not thing.is_published:
        assert standing.plans


@given(_STANDINGS, _THINGS)
def test_a_stricter_marking_lets_nobody_in_who_was_left_out(standing: Standing, thing: Thing) -> None:
    """Named groups and named people aside: their author chose them."""
    plain = replace(thing, named=frozenset(), named_groups=frozenset())
    for kind in (Kind.CYCLE, Kind.TRAINING, Kind.ANSWER, Kind.PRODUCT):
        in_order = [may(standing, Right.READ, replace(plain, kind=kind, marking=m)) for m in Marking]
        assert in_order == sorted(in_order, reverse=True)


def test_every_kind_of_thing_and_every_right_stands_in_the_table() -> None:
    found = list(rows())
    assert {kind for kind, _, _ in found} == set(Kind)
    assert {right for _, right, _ in found} == set(Right)
    assert all(set(reach) == set(Marking) for _, _, reach in found)
