"""What would let a plan exist that cannot: the rules that meet, each with the wish that loosens it.

The planner names the rules and says which single change would do; a button fills that change into the form.
"""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from exchange.planning.places import Proposal
from exchange.planning.wishes import Wishes


@dataclass(frozen=True)
class Relaxation:
    """A field of the form, the value that the button puts there, and what the button says."""

    field: str
    value: str
    words: str


def relaxations(proposal: Proposal) -> list[Relaxation]:
    """For each rule of the conflict that a wish holds, the wish loosened by the least step."""
    rules = [conflict.rule for conflict in proposal.plan.conflict]
    trainings = proposal.problem.trainings
    found = []
    if trainings and any("gap" in rule for rule in rules):
        days = trainings.gap_days[1] + 7
        found.append(
            Relaxation("gap_most_days", str(days), str(_("Let events be %(days)s days apart", days=days)))
        )
    if any("session week" in rule or "session_week" in rule for rule in rules):
        found.append(Relaxation("session_weeks", "any", str(_("Let sessions be in weeks 4 to 7"))))
    if any("pause" in rule for rule in rules):
        found.append(Relaxation("pauses", "none", str(_("Plan without the pauses"))))
    return found


def relaxed(wishes: Wishes, field: str, value: str) -> Wishes:
    """The wishes with one of them changed; as they are for a field or a value that makes no sense."""
    if field == "session_weeks" and value == "any":
        return replace(wishes, session_weeks=(4, 5, 6, 7))
    if field == "pauses":
        return replace(wishes, pauses=())
    is_number = value.isascii() and value.isdigit() and len(value) < 5
    if field in {"gap_most_days", "gap_least_days", "weeks", "allowance_percent"} and is_number:
        return replace(wishes, **{field: int(value)})  # type: ignore[arg-type]  # all of them are numbers
    return wishes
