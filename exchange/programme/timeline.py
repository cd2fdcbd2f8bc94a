"""Lay a year out as a picture, from January on the left to December on the right.

Pure: the same year gives the same picture. tall_timeline.py is the one for narrow screens.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from exchange.models import Publication, TrainingKind
from exchange.programme.caption_protocol import Words
from exchange.programme.svg_shapes import (
    Box,
    Item,
    Line,
    Part,
    Path,
    Picture,
    Scale,
    Text,
    abbreviation,
    circle,
    diamond,
    mondays,
    rounded,
    square,
    triangle,
    wrapped,
)
from exchange.programme.year import FreeDays, ShownCycle, ShownTraining, Year
from exchange.rules.programme.stage_plan import Phase
from exchange.rules.programme.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS

WIDTH = 1184  # the page's own width on a window of 1280: one unit is one pixel there
GUTTER = 104  # names of the rows
MONTHS_Y = 15
WEEKS_Y = 34
PLOT_TOP = 42
LANE_HEIGHT = 146  # of one row of cycles
TITLE_LINES = 3
TITLE_CHARACTERS = 20  # across eight weeks in 12 px type, in the widest of the fonts that may come
TITLE_LEAST = 40  # what the shortest title needs
CHARACTER = 8  # the widest that one of a title is on the mean
LINE_HEIGHT = 15
BAND_TOP = 70
BAND_HEIGHT = 38
RHYTHM_HEIGHT = 122
LABEL_WIDTH = 74  # what a mark's label needs before its neighbour's begins
LABEL_HEIGHT = 58
FREE_ROW = 20

EXERCISES = {
    TrainingKind.TABLE_TOP,
    TrainingKind.GAME,
    TrainingKind.DRILL,
    TrainingKind.FUNCTIONAL,
    TrainingKind.FULL_SCALE,
}
GATHERINGS = {TrainingKind.CONFERENCE, TrainingKind.BOARD_MEETING, TrainingKind.STUDY_VISIT}


def timeline(year: Year, today: date, words: Words) -> Picture:
    """The year as a wide picture: months and weeks, cycles in stages, the training rhythm, free days."""
    scale = Scale(year.first_on, year.last_on, GUTTER, (WIDTH - GUTTER - 2) / _days(year))
    lanes = lanes_of(year.cycles)
    rhythm_top = PLOT_TOP + LANE_HEIGHT * max(1, len(lanes))
    levels = _levels(year.trainings, scale)
    free_top = rhythm_top + RHYTHM_HEIGHT + LABEL_HEIGHT * max(levels.values(), default=0)
    bottom = free_top + FREE_ROW * len(year.free_days) + 8
    ground = [
        *_quiet_shading(year, scale, bottom),
        *_axis(year, scale, words, bottom),
        Text("tl-row", 0, PLOT_TOP + BAND_TOP + BAND_HEIGHT / 2 + 4, words.exchanges),
        Text("tl-row", 0, rhythm_top + 42, words.trainings),
        *_rhythm(year.trainings, scale, rhythm_top + 38),
        *_free_rows(year.free_days, scale, free_top, words),
    ]
    items = [
        *(
            _cycle(cycle, scale, PLOT_TOP + LANE_HEIGHT * lane, words)
            for lane, cycles in enumerate(lanes)
            for cycle in cycles
        ),
        *(_training(t, scale, rhythm_top + 38, levels[t.key], words) for t in _drawn(year.trainings, scale)),
    ]
    return Picture(WIDTH, bottom, tuple(ground), tuple(items), tuple(_today(scale, today, bottom, words)))


def lanes_of(cycles: Sequence[ShownCycle]) -> list[list[ShownCycle]]:
    """Cycles shared out to as few rows as keep those that run at the same time apart."""
    lanes: list[list[ShownCycle]] = []
    for cycle in sorted(cycles, key=lambda cycle: (cycle.starts_on, cycle.key)):
        free = next((lane for lane in lanes if lane[-1].ends_on < cycle.starts_on), None)
        if free is None:
            lanes.append([cycle])
        else:
            free.append(cycle)
    return lanes


def shape_of(kind: str, x: float, y: float, reach: float) -> str:
    """A square for an exercise, a triangle for a gathering, a circle for a talk and for what is withheld."""
    if kind in EXERCISES:
        return square(x, y, rounded(reach * 0.88))
    return triangle(x, y, reach + 1) if kind in GATHERINGS else circle(x, y, reach)


def _days(year: Year) -> int:
    return (year.last_on - year.first_on).days + 1


def _quiet_shading(year: Year, scale: Scale, bottom: float) -> Iterator[Part]:
    for free in year.free_days:
        for span in free.quiet:
            x, width = scale.extent(span.first_on, span.last_on)
            yield Box("tl-quiet", x, PLOT_TOP, width, rounded(bottom - PLOT_TOP))


def _axis(year: Year, scale: Scale, words: Words, bottom: float) -> Iterator[Part]:
    for number, name in enumerate(words.months, start=1):
        x = scale.at(date(year.number, number, 1))
        yield Line("tl-month", x, 2, x, bottom)
        yield Text("tl-month-name", rounded(x + 6), MONTHS_Y, name)
    yield Text("tl-row tl-row-small", 0, WEEKS_Y, words.weeks)
    for monday in mondays(year.first_on, year.last_on):
        x = scale.at(monday)
        yield Line("tl-week", x, PLOT_TOP - 6, x, PLOT_TOP)
        if scale.extent(monday, year.last_on)[1] >= 3 * scale.per_day:
            yield Text(
                "tl-week-number", rounded(x + 3.5 * scale.per_day), WEEKS_Y, f"{monday.isocalendar().week}"
            )
    yield Line("tl-axis", GUTTER, PLOT_TOP, WIDTH - 2, PLOT_TOP)


def _cycle(cycle: ShownCycle, scale: Scale, top: float, words: Words) -> Item:
    band_y = top + BAND_TOP
    x, width = scale.extent(cycle.starts_on, cycle.ends_on)
    parts: list[Part] = [*_title(cycle, (x, width), band_y, words)]
    for stage in cycle.stages:
        at, length = scale.extent(stage.starts_on, stage.ends_on)
        if length <= 0:
            continue
        if stage.phase is not Phase.WITHIN:
            parts.append(Box("tl-around", at, band_y + BAND_HEIGHT + 4, length, 5, words.stage(stage)))
            continue
        css = "tl-stage tl-stage-done" if stage.is_done else "tl-stage"
        parts.append(Box(css, at, band_y, length, BAND_HEIGHT, words.stage(stage)))
        if length > 15:
            middle = rounded(at + min(length, 7 * scale.per_day) / 2)
            parts.append(Text("tl-abbreviation", middle, band_y + 15, abbreviation(stage.name)))
    if width > 0:
        parts.append(Box("tl-band", x, band_y, width, BAND_HEIGHT))
    parts += _sittings(cycle, scale, band_y)
    parts += [
        Text("tl-session-day", scale.middle(on), band_y + BAND_HEIGHT + 24, words.short_day(on))
        for on in sorted({s.starts.on for s in cycle.sittings if s.is_live})
        if scale.shows(on)
    ]
    return Item(
        cycle.key, cycle.href, words.cycle(cycle), f"tl-cycle {_css(cycle.publication)}", tuple(parts)
    )


def _title(cycle: ShownCycle, extent: tuple[float, float], band_y: float, words: Words) -> Iterator[Part]:
    """The title stands on the band, its last line always at the same height.

    On a band that the year cuts short it is as narrow as the band; on a sliver there is none.
    """
    x, width = extent
    if width < TITLE_LEAST:
        return
    most_characters = min(TITLE_CHARACTERS, int(width / CHARACTER))
    lines = wrapped(cycle.title, most_characters, TITLE_LINES)
    lead = words.lead(cycle)
    below = lead if len(lead) <= most_characters or most_characters == TITLE_CHARACTERS else ""
    first_y = band_y - 8 - LINE_HEIGHT * (len(lines) - (0 if below else 1))
    for number, line in enumerate(lines):
        yield Text("tl-title", rounded(x + 1), first_y + LINE_HEIGHT * number, line)
    if below:
        yield Text("tl-lead", rounded(x + 1), band_y - 8, below)


def _sittings(cycle: ShownCycle, scale: Scale, band_y: float) -> Iterator[Part]:
    y = band_y + 26
    for on, is_live in sorted({(s.starts.on, s.is_live) for s in cycle.sittings}):
        if scale.shows(on):
            x = scale.middle(on)
            yield Path(
                "tl-session" if is_live else "tl-call", diamond(x, y, 7.5) if is_live else circle(x, y, 2.5)
            )


def _drawn(trainings: Sequence[ShownTraining], scale: Scale) -> list[ShownTraining]:
    return [training for training in trainings if scale.shows(training.starts.on)]


def _levels(trainings: Sequence[ShownTraining], scale: Scale) -> dict[str, int]:
    """How far down each label stands, so that no two on one level touch."""
    ends: list[float] = []
    levels = {}
    for training in _drawn(trainings, scale):
        x = scale.middle(training.starts.on)
        level = next((n for n, end in enumerate(ends) if end + LABEL_WIDTH <= x), len(ends))
        ends[level : level + 1] = [x]
        levels[training.key] = level
    return levels


def _rhythm(trainings: Sequence[ShownTraining], scale: Scale, y: float) -> Iterator[Part]:
    """The line that events stand on, with the days between them; a gap out of rhythm looks different."""
    dates = [training.starts.on for training in _drawn(trainings, scale) if not training.is_off]
    yield Line("tl-rhythm-ground", GUTTER, y, WIDTH - 2, y)
    for before, after in pairwise(dates):
        days = (after - before).days
        x1, x2 = scale.middle(before), scale.middle(after)
        is_off = not GAP_MIN_DAYS <= days <= GAP_MAX_DAYS
        yield Line("tl-rhythm tl-rhythm-off" if is_off else "tl-rhythm", x1, y, x2, y)
        if x2 - x1 > 30:
            css = "tl-gap tl-gap-off" if is_off else "tl-gap"
            yield Text(css, rounded((x1 + x2) / 2), y - 7, f"{days}")


def _training(training: ShownTraining, scale: Scale, y: float, level: int, words: Words) -> Item:
    x = scale.middle(training.starts.on)
    label_y = y + 25 + LABEL_HEIGHT * level
    anchor = _anchor(x)
    parts: list[Part] = [Line("tl-leader", x, y + 8, x, label_y - 11)] if level else []
    parts.append(Path("tl-mark", shape_of(training.kind, x, y, 8)))
    lines = [words.short_day(training.starts.on), *words.under_mark(training)]
    parts += [
        Text(f"{'tl-date' if n == 0 else 'tl-note'} {anchor}", _held(x), label_y + 13.5 * n, line)
        for n, line in enumerate(lines)
        if line
    ]
    css = f"tl-training {_css(training.publication)}"
    return Item(training.key, training.href, words.training(training), css, tuple(parts))


def _anchor(x: float) -> str:
    """Labels at the right edge are held inside; at the left they may stand under the row's name."""
    if x > WIDTH - LABEL_WIDTH / 2:
        return "tl-end"
    return "tl-middle"


def _held(x: float) -> float:
    if x > WIDTH - LABEL_WIDTH / 2:
        return WIDTH - 2
    return x


def _free_rows(rows: Sequence[FreeDays], scale: Scale, top: float, words: Words) -> Iterator[Part]:
    for number, free in enumerate(rows):
        y = top + FREE_ROW * number
        yield Text("tl-row tl-row-small", 0, y + 12, free.city)
        yield Line("tl-free-ground", GUTTER, y + 8, WIDTH - 2, y + 8)
        for span in free.quiet:
            x, width = scale.extent(span.first_on, span.last_on)
            yield Box("tl-quiet-row", x, y + 3, width, 10, words.quiet(free.city, span))
        for on, name in free.holidays.items():
            if scale.shows(on):
                yield Box(
                    "tl-holiday",
                    scale.at(on),
                    y + 1,
                    max(scale.per_day, 3),
                    14,
                    words.holiday(free.city, on, name),
                )


def _today(scale: Scale, today: date, bottom: float, words: Words) -> Iterator[Part]:
    if scale.shows(today):
        x = scale.middle(today)
        yield Line("tl-today", x, PLOT_TOP - 4, x, bottom)
        css = "tl-today-word tl-end" if x > WIDTH - 60 else "tl-today-word tl-start"
        yield Text(css, rounded(x - 4 if x > WIDTH - 60 else x + 4), PLOT_TOP + 11, words.today)


def _css(publication: Publication) -> str:
    return f"is-{publication.value}"
