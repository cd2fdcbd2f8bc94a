"""The picture of a cycle: its stages as a band, in per cent of its width. Numbers only; a template draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from flask_babel import gettext as _

from exchange.cycles.drafts import LaidMeeting
from exchange.cycles.stage_progress import CycleProgress, StageProgress
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.programme.stage_plan import Phase
from exchange.web.presentation.date_formats import week

LINE_CHARACTERS = 12  # in 12 px type across a ninth of the page


@dataclass(frozen=True)
class Bar:
    """One stage; ``x`` and ``width`` in per cent, ``number`` as in the list beneath.

    ``lines`` hold number and name, broken so that they fit into one week.
    """

    number: int
    name: str
    lines: list[str]
    state: str
    week: str
    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """One sitting."""

    name: str
    x: float


@dataclass(frozen=True)
class Picture:
    """The band; ``today`` in per cent, None when it lies outside."""

    label: str
    bars: list[Bar]
    marks: list[Mark]
    today: float | None


def picture_of(progress: CycleProgress, meetings: Sequence[LaidMeeting], plan: StagePlan) -> Picture:
    """The stages up to the cycle's end; later ones stand in the list alone, far to the right."""
    after = {rule.key for rule in plan.stages if rule.phase is Phase.AFTER}
    shown = [(n, s) for n, s in enumerate(progress.stages, 1) if s.stage.key not in after]
    first_on = min(s.stage.starts_on for _n, s in shown)
    last_on = max(s.stage.ends_on for _n, s in shown)
    scale = _Scale(first_on, (last_on - first_on).days + 1)
    is_inside = first_on <= progress.today <= last_on
    return Picture(
        label=_("The stages as a band; the list below says the same."),
        bars=[_bar(number, one, scale) for number, one in shown],
        marks=[
            Mark(_(m.name), scale.at(m.wall.on, 0.5)) for m in meetings if first_on <= m.wall.on <= last_on
        ],
        today=scale.at(progress.today, 0.5) if is_inside and progress.is_active else None,
    )


@dataclass(frozen=True)
class _Scale:
    first_on: date
    days: int

    def at(self, on: date, part: float = 0) -> float:
        return round(100 * ((on - self.first_on).days + part) / self.days, 2)


def _bar(number: int, one: StageProgress, scale: _Scale) -> Bar:
    days = (one.stage.ends_on - one.stage.starts_on).days + 1
    name = _(one.stage.name)
    return Bar(
        number=number,
        name=name,
        lines=wrap(f"{number} {name}", LINE_CHARACTERS)[:2],
        state=one.state.value,
        week=week(one.stage.starts_on),
        x=scale.at(one.stage.starts_on),
        width=round(100 * days / scale.days, 2),
    )
