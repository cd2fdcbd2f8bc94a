"""How many whole weeks each stage of a cycle takes, as asked for or spread over the duration.

Not dates: cycles.py lays the weeks on a calendar.
"""

from collections.abc import Mapping, Sequence

from exchange.errors import InvalidInput
from exchange.rules.programme.stage_plan import StagePlan, StageRule

LONGEST_WEEKS = 52


def weeks_of_stages(
    plan: StagePlan, duration_weeks: int, stage_weeks: Mapping[str, int] | None
) -> dict[str, int]:
    """Whole weeks for each stage within the cycle, at least one each, summing to the duration.

    Raises InvalidInput, field "duration_weeks" or "stage_weeks".
    """
    stages = plan.stages_within
    _check_duration(duration_weeks, len(stages))
    if stage_weeks is not None:
        _check_stage_weeks(stages, duration_weeks, stage_weeks)
        return {stage.key: stage_weeks[stage.key] for stage in stages}
    return _spread(stages, duration_weeks)


def _check_duration(duration_weeks: int, stage_count: int) -> None:
    if duration_weeks > LONGEST_WEEKS:
        raise InvalidInput(
            "An exchange takes %(longest)s weeks at most.",
            field="duration_weeks",
            longest=LONGEST_WEEKS,
        )
    if duration_weeks < stage_count:
        raise InvalidInput(
            "%(weeks)s weeks are too few for %(stages)s stages: each takes a week at least.",
            field="duration_weeks",
            weeks=duration_weeks,
            stages=stage_count,
        )


def _check_stage_weeks(
    stages: Sequence[StageRule], duration_weeks: int, stage_weeks: Mapping[str, int]
) -> None:
    keys = {stage.key for stage in stages}
    if stage_weeks.keys() != keys:
        odd = sorted(stage_weeks.keys() ^ keys)[0]
        template = "%(stage)s is not a stage." if odd not in keys else "%(stage)s has no weeks."
        raise InvalidInput(template, field="stage_weeks", stage=odd[:40])
    short = next((stage for stage in stages if stage_weeks[stage.key] < 1), None)
    if short:
        raise InvalidInput("%(stage)s takes one week at least.", field="stage_weeks", stage=short.name)
    total = sum(stage_weeks.values())
    if total != duration_weeks:
        raise InvalidInput(
            "The stages take %(total)s weeks together, and the exchange takes %(weeks)s.",
            field="stage_weeks",
            total=total,
            weeks=duration_weeks,
        )


def _spread(stages: Sequence[StageRule], duration_weeks: int) -> dict[str, int]:
    """One week each, and the rest in proportion to the plan's weeks beyond the first.

    The plan's own duration gives back the plan's own weeks. Largest remainder decides, earlier
    stages first; when the plan gives every stage one week, all share alike.
    """
    rest = duration_weeks - len(stages)
    extra = [stage.weeks - 1 for stage in stages]
    weights = extra if sum(extra) else [1] * len(stages)
    shares = [rest * weight // sum(weights) for weight in weights]
    remainders = [rest * weight % sum(weights) for weight in weights]
    neediest = sorted(range(len(stages)), key=lambda n: -remainders[n])
    for n in neediest[: rest - sum(shares)]:
        shares[n] += 1
    return {stage.key: 1 + share for stage, share in zip(stages, shares, strict=True)}
