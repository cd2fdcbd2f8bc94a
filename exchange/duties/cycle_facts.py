"""An exchange's rows as what it owes: a stage whose evidence is there is done without anybody's tick."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.meeting_times import ends_at
from exchange.models import Cycle, Product, ProductReviewer, ProductState, Stage
from exchange.rules.duties.cycle_stages import CycleFacts, Holder, StageFacts, review_duty
from exchange.rules.duties.duty import Duty
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import due_on
from exchange.rules.programme.stage_plan import Phase, StagePlan
from exchange.rules.time.answer_deadlines import closes_at

_COORDINATOR, _REVIEWERS = "coordinator", "reviewers"  # owners of config/cycle.toml


@dataclass(frozen=True)
class Evidence:
    """What happened in an exchange: its product, and when the first letter of each kind left."""

    product: Product | None = None
    letters: Mapping[str, datetime] = field(default_factory=dict)


def facts_of(cycle: Cycle, plan: StagePlan, evidence: Evidence) -> CycleFacts:
    """The exchange with its stages; needs lead city, groups, stages and sittings loaded."""
    seen = _seen(cycle, plan, evidence)
    return CycleFacts(
        id=cycle.id or 0,
        title=cycle.title,
        time_zone=cycle.lead_city.time_zone,
        marking=Marking(cycle.marking),
        group_ids=tuple(group.id or 0 for group in cycle.groups),
        stages=tuple(
            StageFacts(s.key, s.name, s.owner, s.starts_on, due_on(s), s.done_at or seen.get(s.key))
            for s in cycle.stages
        ),
    )


def review_of(reviewer: ProductReviewer, cycle: CycleFacts) -> Duty | None:
    """What the reviewer owes who has not spoken; None while the product is not in review."""
    product = reviewer.product
    if product.state is not ProductState.IN_REVIEW or product.review_due_on is None:
        return None
    holder = Holder(reviewer.person_id, product.review_due_on, reviewer.person.city.time_zone)
    return review_duty(cycle, holder, spoke_at=None)


def _seen(cycle: Cycle, plan: StagePlan, evidence: Evidence) -> dict[str, datetime]:
    """When the evidence of each stage was there, by its key; stages without any are left out.

    What comes before an exchange is done once that is published; a stage that closes the answers when their
    last day ends; the stage before the review when it opens, the one after it when the product is out; one
    with a meeting when that is over; any other of the coordinators when the first of its letters left.
    """
    found: dict[str, datetime | None] = {}
    before = {rule.key for rule in plan.stages if rule.phase is Phase.BEFORE}
    closing = {ask.closes for ask in plan.asks}
    for stage in cycle.stages:
        if stage.key in before:
            found[stage.key] = cycle.published_at
        elif stage.key in closing:
            found[stage.key] = closes_at(due_on(stage), cycle.lead_city.time_zone)
        elif stage.owner == _COORDINATOR:
            found[stage.key] = _first_letter(stage, plan, evidence)
    found |= _of_product(cycle, evidence.product)
    stage_of = {meeting.key: meeting.stage for meeting in plan.meetings}
    for sitting in sorted(cycle.sittings, key=ends_at):
        found[stage_of.get(sitting.meeting, "")] = ends_at(sitting)
    return {key: at for key, at in found.items() if at is not None}


def _first_letter(stage: Stage, plan: StagePlan, evidence: Evidence) -> datetime | None:
    kinds = (rule.key for rule in plan.letters if rule.stage == stage.key and rule.reminds_of is None)
    return min((evidence.letters[kind] for kind in kinds if kind in evidence.letters), default=None)


def _of_product(cycle: Cycle, product: Product | None) -> dict[str, datetime | None]:
    """The stages beside the review, which the product says of whether they are done."""
    review = next((n for n, stage in enumerate(cycle.stages) if stage.owner == _REVIEWERS), None)
    if review is None:
        return {}
    found: dict[str, datetime | None] = {}
    if review > 0:
        found[cycle.stages[review - 1].key] = product.review_opened_at if product else None
    if review + 1 < len(cycle.stages):
        found[cycle.stages[review + 1].key] = product.published_at if product else None
    return found
