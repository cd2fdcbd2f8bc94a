"""An exchange's rows as what it owes: a stage whose meeting is over is done without anybody's tick."""

from datetime import datetime, timedelta

from exchange.models import Cycle, ProductReviewer, ProductState, Sitting
from exchange.rules.duties.cycle_stages import CycleFacts, Holder, StageFacts, review_duty
from exchange.rules.duties.duty import Duty
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import due_on
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import WallTime, instant


def facts_of(cycle: Cycle, plan: StagePlan) -> CycleFacts:
    """The exchange with its stages; needs lead city, groups, stages and sittings loaded."""
    stage_of = {meeting.key: meeting.stage for meeting in plan.meetings}
    held: dict[str, datetime] = {}
    for sitting in cycle.sittings:
        stage = stage_of.get(sitting.meeting, "")
        held[stage] = max(held.get(stage, _ends_at(sitting)), _ends_at(sitting))
    return CycleFacts(
        id=cycle.id or 0,
        title=cycle.title,
        time_zone=cycle.lead_city.time_zone,
        marking=Marking(cycle.marking),
        group_ids=tuple(group.id or 0 for group in cycle.groups),
        stages=tuple(
            StageFacts(s.key, s.name, s.owner, s.starts_on, due_on(s), s.done_at or held.get(s.key))
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


def _ends_at(sitting: Sitting) -> datetime:
    wall = WallTime(sitting.on_local, sitting.starts_local, sitting.time_zone)
    return instant(wall) + timedelta(minutes=sitting.minutes)
