"""A stage of an exchange is over by its evidence, and not only by a tick."""

from datetime import UTC, date, datetime, timedelta

from exchange.db import Database
from exchange.duties.cycle_facts import Evidence, facts_of
from exchange.models import Cycle, Product
from tests.access.routes import ON_SQLITE
from tests.answering.asked import make_round
from tests.factories import stage_plan

LEFT_AT = datetime(2027, 10, 4, 8, tzinfo=UTC)
OPENED_AT = datetime(2027, 11, 15, 9, tzinfo=UTC)


def done(cycle: Cycle, evidence: Evidence) -> dict[str, datetime]:
    facts = facts_of(cycle, stage_plan(), evidence)
    return {stage.key: stage.done_at for stage in facts.stages if stage.done_at}


@ON_SQLITE
def test_what_happened_ends_the_stage_that_it_belongs_to(database: Database) -> None:
    with database.transaction() as session:
        cycle = make_round(session).cycle
        nothing = done(cycle, Evidence())
        launched = done(cycle, Evidence(letters={"E1": LEFT_AT, "E9": LEFT_AT + timedelta(days=60)}))
        product = Product(cycle_id=1, created_at=LEFT_AT, review_opened_at=OPENED_AT)
        reviewed = done(cycle, Evidence(product))
        product.published_at = OPENED_AT + timedelta(days=7)
        out = done(cycle, Evidence(product))
    assert set(nothing) == {"prepare", "exchange", "gather_closes"}  # published, held, closed
    assert nothing["exchange"].date() == date(2027, 11, 4)
    assert nothing["gather_closes"] == datetime(2027, 10, 29, 23, tzinfo=UTC)
    assert launched["launch"] == LEFT_AT
    assert "publish" not in launched  # its letters may go, and the product still be missing
    assert reviewed["draft"] == OPENED_AT
    assert out["publish"] == OPENED_AT + timedelta(days=7)
