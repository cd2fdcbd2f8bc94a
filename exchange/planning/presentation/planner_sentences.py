"""What the planner says, for one reader: hours on the reader's wall, stages, limits and changes in words.

Not the sentences themselves: the planner says them on its own walls, with the words of its files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from exchange.models import PlanRequest
from exchange.planner.plan import PLACE, Change
from exchange.planner.search.search_progress import CORE, SETTLED
from exchange.planning.presentation.shown_proposal import title_of_entry
from exchange.planning.presentation.words import LIMITS, OBJECTIVES, PLACE_NAME, STAGES
from exchange.planning.proposal.entry_rows import Proposal
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.rules.time.typed_times import exact_instant
from exchange.web.presentation.date_formats import sentence


@dataclass(frozen=True)
class ShownProgress:
    """How far a search is: what it works on, and what is known of the objective in numbers."""

    stage: str
    objective: str
    best: int | None
    bound: int | None


@dataclass(frozen=True)
class ToldChange:
    """A change under the title that its entry has in the list."""

    title: str
    change: Change


def for_reader(said: Sentence, time_zone: str, place: str) -> Sentence:
    """A sentence with ``instants``: its day ``on`` and hours ``at`` told on the wall of the reader."""
    instants = said.values.get("instants")
    if not isinstance(instants, str):
        return said
    walls = [wall_time(exact_instant(each), time_zone) for each in instants.split()]
    first_on = walls[0].on
    shown = ", ".join(_hour(wall, first_on) for wall in walls)
    there = str(_("%(hours)s in %(city)s", hours=shown, city=place))
    return Sentence(said.template, {**said.values, "on": first_on, "at": there})


def _hour(wall: WallTime, first_on: date) -> str:
    day = "" if wall.on == first_on else sentence(Sentence("%(on)s", {"on": wall.on})) + " "
    return f"{day}{wall.at:%H:%M}"


def progress_of(request: PlanRequest) -> ShownProgress:
    """What the running page says of a search."""
    settled = request.stage.removeprefix(SETTLED)
    name = "total" if settled == CORE else settled
    objective = str(OBJECTIVES.get(name, ""))
    stage = str(STAGES.get(PLACE if settled.startswith(PLACE) else settled, ""))
    if settled != request.stage and objective:
        stage = str(_("Done: %(stage)s", stage=stage))
    best = None if settled == CORE else request.best
    return ShownProgress(stage or str(STAGES[""]), objective, best, request.bound)


def limits_of(limit: str) -> list[str]:
    """Which limits ended a search, a sentence each; the planner writes "nodes at total, seconds"."""
    found = []
    for each in filter(None, limit.split(", ")):
        what, _at, name = each.partition(" at ")
        about = _objective_word(name)
        found.append(str(LIMITS[what]) % {"about": about} if what in LIMITS else each)
    return list(dict.fromkeys(found))


def _objective_word(name: str) -> str:
    """The objective, or the city by its place, as people read it; "" for no name of the planner's."""
    if name.startswith(PLACE):
        return str(PLACE_NAME) % {"number": name.removeprefix(PLACE)}
    return str(OBJECTIVES.get("total" if name == CORE else name, name))


def changes_of(proposal: Proposal) -> Sequence[ToldChange]:
    """The entries that change, each by the title that a reader knows."""
    entries = {entry.starts_at: entry for entry in proposal.plan.entries}
    existing = {each.name: each for each in proposal.problem.existing}
    found = []
    for change in proposal.plan.changes:
        if change.is_move:
            about = existing.get(change.name) or (entries[change.after] if change.after else None)
            found.append(ToldChange(title_of_entry(about) if about else change.name, change))
    return found
