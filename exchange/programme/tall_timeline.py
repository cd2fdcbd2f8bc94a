"""Lay the same year out for a narrow screen: January at the top, December at the bottom, words beside.

Pure, like timeline.py, whose shapes it shares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

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
    wrapped,
)
from exchange.programme.timeline import lanes_of, shape_of
from exchange.programme.year import FreeDays, ShownCycle, ShownTraining, Year
from exchange.rules.programme.stage_plan import Phase

WIDTH = 328  # what a screen of 360 leaves between its margins
PER_DAY = 3.4
TOP = 24
WEEKS_X = 50
FREE_X = 54  # a narrow column for each lead city
FREE_WIDTH = 9
BAND_X = 86
LANE_WIDTH = 38
LANES_WIDTH = 114  # three cycles at a time have full width; more share it
LANE_GAP = 8  # between bands; stages around the cycle's weeks stand in it
LABEL_GAP = 13  # from the band to the spine, and from the spine to its labels
LINE_HEIGHT = 14
LABEL_SPACE = 5
CHARACTER_WIDTH = 6.4  # of 12 px type, on average


@dataclass(frozen=True)
class _Label:
    """What stands beside the spine: where it wants to be, its lines, and what it belongs to."""

    y: float
    lines: tuple[tuple[str, str], ...]  # class and text
    mark: Path | None
    key: str


@dataclass(frozen=True)
class _Lane:
    """The column of one cycle's band."""

    x: float
    width: float

    @classmethod
    def at(cls, number: int, lane_width: float) -> "_Lane":
        return cls(rounded(BAND_X + lane_width * number), rounded(lane_width - LANE_GAP))

    @property
    def middle(self) -> float:
        return rounded(self.x + self.width / 2)

    @property
    def end(self) -> float:
        return rounded(self.x + self.width)


def tall_timeline(year: Year, today: date, words: Words) -> Picture:
    """The year as a tall picture: one column of bands, one spine of events, each with its words."""
    lanes = lanes_of(year.cycles)
    lane_width = min(LANE_WIDTH, LANES_WIDTH / max(1, len(lanes)))
    spine_x = rounded(BAND_X + lane_width * max(1, len(lanes)) + LABEL_GAP)
    scale = Scale(year.first_on, year.last_on, TOP, PER_DAY)
    labels = _labels(year, scale, spine_x, words)
    placed = _placed(labels)
    bottom = max([scale.at(year.last_on) + PER_DAY, *(_end(y, label) for label, y in placed)]) + 6
    ground = [
        *_quiet_shading(year.free_days, scale),
        *_axis(year, scale, words),
        *_free_columns(year.free_days, scale, words),
        Line("tl-rhythm-ground", spine_x, TOP, spine_x, scale.at(year.last_on)),
    ]
    beside = dict(_beside(placed, spine_x))
    items = [
        *(
            _cycle(cycle, scale, _Lane.at(lane, lane_width), beside, words)
            for lane, cycles in enumerate(lanes)
            for cycle in cycles
        ),
        *(
            Item(
                t.key,
                t.href,
                words.training(t),
                f"tl-training is-{t.publication.value}",
                tuple(beside[t.key]),
            )
            for t in year.trainings
            if t.key in beside
        ),
    ]
    front = _today(scale, today, words)
    return Picture(WIDTH, rounded(bottom), tuple(ground), tuple(items), tuple(front))


def _labels(year: Year, scale: Scale, x: float, words: Words) -> list[_Label]:
    labels = [_label_of_training(t, scale, x, words) for t in year.trainings if scale.shows(t.starts.on)]
    for cycle in year.cycles:
        if scale.shows(cycle.starts_on):
            labels.append(_label_of_cycle(cycle, scale, x, words))
        labels += _labels_of_sessions(cycle, scale, x, words)
    return sorted(labels, key=lambda label: (label.y, label.key))


def _label_of_cycle(cycle: ShownCycle, scale: Scale, x: float, words: Words) -> _Label:
    title = wrapped(cycle.title, _characters(x), 3)
    lines = [*(("tl-title", line) for line in title), ("tl-lead", words.lead(cycle))]
    return _Label(scale.at(cycle.starts_on) + 8, tuple(lines), None, f"title:{cycle.key}")


def _labels_of_sessions(cycle: ShownCycle, scale: Scale, x: float, words: Words) -> Iterator[_Label]:
    for on in sorted({sitting.starts.on for sitting in cycle.sittings if sitting.is_live}):
        if scale.shows(on):
            y = scale.middle(on)
            mark = Path("tl-session", diamond(x, y, 6.5))
            text = wrapped(words.session(cycle, on), _characters(x), 1)[0]
            yield _Label(y, (("tl-session-day tl-start", text),), mark, f"session:{cycle.key}")


def _label_of_training(training: ShownTraining, scale: Scale, x: float, words: Words) -> _Label:
    y = scale.middle(training.starts.on)
    below = wrapped(", ".join(line for line in words.under_mark(training) if line), _characters(x), 2)
    date_line = ("tl-date tl-start", words.short_day(training.starts.on))
    lines = (date_line, *(("tl-note tl-start", line) for line in below))
    return _Label(y, lines, Path("tl-mark", shape_of(training.kind, x, y, 7)), training.key)


def _characters(x: float) -> int:
    return int((WIDTH - x - LABEL_GAP) / CHARACTER_WIDTH)


def _placed(labels: Sequence[_Label]) -> list[tuple[_Label, float]]:
    """Each label at its own height or, where that is taken, as close below as it fits."""
    placed = []
    free_from = 0.0
    for label in labels:
        y = max(label.y, free_from)
        placed.append((label, y))
        free_from = _end(y, label) + LABEL_SPACE
    return placed


def _end(y: float, label: _Label) -> float:
    return y + LINE_HEIGHT * len(label.lines)


def _beside(placed: Sequence[tuple[_Label, float]], x: float) -> Iterator[tuple[str, list[Part]]]:
    for label, y in placed:
        parts: list[Part] = []
        text_x = x + LABEL_GAP
        if label.mark:
            if y - label.y > 2:
                parts.append(Line("tl-leader", x + 7, label.y, text_x - 2, rounded(y)))
            parts.append(label.mark)
        parts += [
            Text(css, text_x, rounded(y + 4 + LINE_HEIGHT * n), line)
            for n, (css, line) in enumerate(label.lines)
            if line
        ]
        yield label.key, parts


def _cycle(cycle: ShownCycle, scale: Scale, lane: _Lane, beside: dict[str, list[Part]], words: Words) -> Item:
    parts: list[Part] = []
    for stage in cycle.stages:
        y, height = scale.extent(stage.starts_on, stage.ends_on)
        if height <= 0:
            continue
        if stage.phase is not Phase.WITHIN:
            parts.append(Box("tl-around", lane.end + 3, y, 4, height, words.stage(stage)))
            continue
        css = "tl-stage tl-stage-done" if stage.is_done else "tl-stage"
        parts.append(Box(css, lane.x, y, lane.width, height, words.stage(stage)))
        if height > 12:
            parts.append(
                Text(
                    "tl-abbreviation",
                    lane.middle,
                    rounded(y + min(height, 24) / 2 + 4),
                    abbreviation(stage.name),
                )
            )
    y, height = scale.extent(cycle.starts_on, cycle.ends_on)
    if height > 0:
        parts.append(Box("tl-band", lane.x, y, lane.width, height))
    parts += [
        Path("tl-call", circle(lane.end - 5, scale.middle(s.starts.on), 2.5))
        for s in cycle.sittings
        if not s.is_live and scale.shows(s.starts.on)
    ]
    parts += [*beside.get(f"title:{cycle.key}", []), *beside.get(f"session:{cycle.key}", [])]
    css = f"tl-cycle is-{cycle.publication.value}"
    return Item(cycle.key, cycle.href, words.cycle(cycle), css, tuple(parts))


def _quiet_shading(rows: Sequence[FreeDays], scale: Scale) -> Iterator[Part]:
    for free in rows:
        for span in free.quiet:
            y, height = scale.extent(span.first_on, span.last_on)
            yield Box("tl-quiet", 0, y, WIDTH, height)


def _axis(year: Year, scale: Scale, words: Words) -> Iterator[Part]:
    for number, name in enumerate(words.months, start=1):
        y = scale.at(date(year.number, number, 1))
        yield Line("tl-month", 0, y, WIDTH, y)
        yield Text("tl-month-name", 0, rounded(y + 15), name)
    for monday in mondays(year.first_on, year.last_on):
        y = scale.at(monday)
        yield Line("tl-week", WEEKS_X - 4, y, WEEKS_X, y)
        if monday.isocalendar().week % 2 == 0:
            yield Text("tl-week-number tl-end", WEEKS_X - 6, rounded(y + 4), f"{monday.isocalendar().week}")


def _free_columns(rows: Sequence[FreeDays], scale: Scale, words: Words) -> Iterator[Part]:
    for number, free in enumerate(rows):
        x = FREE_X + FREE_WIDTH * number
        yield Text("tl-row tl-row-small tl-middle", x + FREE_WIDTH / 2, TOP - 8, free.city[0])
        for span in free.quiet:
            y, height = scale.extent(span.first_on, span.last_on)
            yield Box("tl-quiet-row", x + 1, y, FREE_WIDTH - 2, height, words.quiet(free.city, span))
        for on, name in free.holidays.items():
            if scale.shows(on):
                title = words.holiday(free.city, on, name)
                yield Box("tl-holiday", x, scale.at(on), FREE_WIDTH - 1, PER_DAY, title)


def _today(scale: Scale, today: date, words: Words) -> Iterator[Part]:
    if scale.shows(today):
        y = scale.middle(today)
        yield Line("tl-today", 0, y, WIDTH, y)
        yield Text("tl-today-word tl-end", WIDTH, rounded(y - 4), words.today)
