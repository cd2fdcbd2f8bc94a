"""Findings, progress and actions as things of the policy. Cycles and events come with cities and groups."""

from exchange.access.product_things import about, thing_of_product
from exchange.access.things import thing_about
from exchange.models import ImprovementAction, Lesson
from exchange.rules.access.things import Kind, Thing


def thing_of_lesson(lesson: Lesson) -> Thing:
    """The finding; needs the exchange, event or product it comes from, of a product its versions, too."""
    origin = lesson.cycle or lesson.training
    outer = thing_about(origin) if origin else None
    if lesson.product:
        outer = thing_of_product(lesson.product, about(lesson.product))
    return Thing(
        Kind.LESSON,
        lesson.marking,
        named=frozenset(lesson.named_ids),
        container=outer,
    )


def thing_of_progress(lesson: Lesson, city_id: int) -> Thing:
    """How far one city is with the finding; needs the same."""
    return Thing(
        Kind.PROGRESS,
        lesson.marking,
        lead_city=city_id,
        named=frozenset(lesson.named_ids),
        container=thing_of_lesson(lesson),
    )


def thing_of_action(action: ImprovementAction, *, is_left: bool = False) -> Thing:
    """The action; needs its owner, and its finding, exchange and event.

    What a person owns is theirs alone, until they left it (``is_left``): then their city's people see to it.
    """
    owner_city = action.owner.city_id if action.owner and is_left else action.owner_city_id
    origin = action.cycle or action.training
    outer = thing_of_lesson(action.lesson) if action.lesson else thing_about(origin) if origin else None
    return Thing(
        Kind.ACTION,
        action.marking_now,
        lead_city=owner_city,
        named=frozenset(action.lesson.named_ids if action.lesson else ()),
        authors=frozenset({action.owner_id} if action.owner_id else ()),
        container=outer,
    )
