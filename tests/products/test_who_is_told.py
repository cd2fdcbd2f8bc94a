"""Letters about a product go to those who may know of it, whatever their exchange is marked."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from exchange.access.product_things import thing_of_product
from exchange.access.standings import standing_of
from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_cycle
from exchange.models import Cycle, Person, Product, ProductReviewer, ProductVersion
from exchange.products.actions import open_review
from exchange.rules.access.policy import Right, may
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import stage_plan
from tests.mail.programme import three_city_cycle

PLAN = stage_plan()
IN_REVIEW_AT = datetime(2027, 2, 22, 12, tzinfo=UTC)
OUT_AT = datetime(2027, 3, 1, 12, tzinfo=UTC)  # Monday of the cycle's last week


def make_product(
    session: Session, cycle: Cycle, marking: Marking, named: list[int], *, is_out: bool
) -> Product:
    product = Product(cycle_id=cycle.id, created_at=OUT_AT)
    if is_out:
        product.published_at, product.published_number, product.published_marking = OUT_AT, 1, marking
    session.add(product)
    session.flush()
    author = session.exec(select(Person)).first()
    version = ProductVersion(
        product_id=product.id,
        number=1,
        title="Canary",
        marking=marking,
        named_ids=named,
        text="Canary",
        person_id=author.id if author else 0,
        saved_at=OUT_AT,
    )
    session.add(version)
    session.flush()
    session.refresh(product)
    return product


@pytest.mark.parametrize("marking", list(Marking))
def test_what_is_out_is_told_to_whoever_may_read_it(database: Database, marking: Marking) -> None:
    """Everybody of the exchange was told that there are results, also of those for named people."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking="TLP:AMBER")
        people = session.exec(select(Person).order_by(Person.id)).all()
        named = [people[0].id or 0] if marking is Marking.RED else []
        product = make_product(session, cycle, marking, named, is_out=True)
        told = {
            one.person.id
            for one in planned_for_cycle(session, cycle, plan=PLAN, now=OUT_AT)
            if one.kind in {"E9", "E9-new"}
        }
        thing = thing_of_product(product, cycle)
        readers = {one.id for one in people if may(standing_of(session, one, OUT_AT), Right.READ, thing)}
        assert told
        assert told <= readers
        if marking is Marking.RED:
            assert told <= set(named)


def test_a_review_is_asked_of_nobody_who_is_not_named(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking="TLP:AMBER")
        people = session.exec(select(Person).order_by(Person.id)).all()
        named = [people[0].id or 0]
        product = make_product(session, cycle, Marking.RED, named, is_out=False)
        open_review(session, cycle, product, actor=people[0], now=IN_REVIEW_AT)
        session.refresh(product)
        asked = set(session.exec(select(ProductReviewer.person_id)))
        letters = planned_for_cycle(session, cycle, plan=PLAN, now=IN_REVIEW_AT)
        to_review = {one.person.id for one in letters if one.kind.startswith("E8")}
        assert asked == to_review == set(named)
