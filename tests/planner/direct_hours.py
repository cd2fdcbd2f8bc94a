"""The hours of a day that an event may have by the rules, and what each costs every city.

For the tests' own model (direct_model.py): quarter by quarter on each city's wall, nothing shared with
the planner. Of hours alike for a day those are kept that no other dominates for every city.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.planner import check_plan

QUARTER = 15
NIGHT = 2


@dataclass(frozen=True)
class Kept:
    """What an hour costs: holidays met, what those count who are asked outside, the points of each city."""

    clashes: int
    outside: int
    points: tuple[int, ...]


class Hours:
    """All hours of a problem; ``held`` are pins and published entries by the day of the horizon."""

    def __init__(self, problem: dict) -> None:
        self.problem = problem
        self.start_on = date.fromisoformat(problem["start_on"])
        self.zero = datetime(self.start_on.year, self.start_on.month, self.start_on.day, tzinfo=UTC)
        self.held = {
            (date.fromisoformat(pin["on"]) - self.start_on).days: pin for pin in self._held_entries()
        }
        self.walls = [_Wall(problem, city, self.zero) for city in problem["cities"]]
        self._made: dict[tuple, tuple[Kept, ...]] = {}

    def nondominated(
        self, day: int, cycle: int | None, kind: str | None, host: str | None
    ) -> tuple[Kept, ...]:
        """The hours of a day for the session of a cycle, or for an event of a kind at a host."""
        minutes, who, sittings = self._event(cycle, kind)
        pin = self.held.get(day)
        if pin is not None and not _is_that(pin, cycle, kind, host):
            return ()
        key = (day, cycle is None, minutes, who, host)
        if key not in self._made:
            starts = self._starts(day, cycle, minutes, who, host)
            held = pin["starts_at"] if pin is not None else None
            ways = (
                self._held_ways(pin, starts, minutes, sittings)
                if held
                else self._ways(starts, minutes, sittings)
            )
            suiting = [each for each in ways if self._suits(each, minutes, who)]
            left = suiting or (ways if pin is not None else [])
            self._made[key] = _pareto_front(self._cost(each, minutes, who) for each in left)
        return self._made[key]

    def _event(self, cycle: int | None, kind: str | None) -> tuple[int, tuple[str, ...] | None, int]:
        if cycle is not None:
            rules = self.problem["cycles"]
            who = rules["takes_part"].get(str(cycle))
            return rules["session_minutes"], None if who is None else tuple(who), rules["sittings"]
        found = next(each for each in self.problem["trainings"]["kinds"] if each["name"] == kind)
        return found["minutes"], None if found["takes_part"] is None else tuple(found["takes_part"]), 1

    def _starts(
        self, day: int, cycle: int | None, minutes: int, who: tuple[str, ...] | None, host: str | None
    ) -> list[datetime]:
        pin = self.held.get(day)
        grid = self._grid(day, host)
        free = [at for at in grid if not any(wall.is_blocked(at, minutes) for wall in self._walls(who))]
        if cycle is None or self.problem["cycles"]["sittings"] == 1:
            free = [at for at in free if self._suits((at,), minutes, who)]
        if pin is not None:
            free = free or grid
        elif self._is_forbidden(day, "training" if cycle is None else "session"):
            return []
        if host is None:
            return free
        wall = next(wall for wall in self.walls if wall.city["id"] == host)
        awake = [at for at in free if wall.worst(at, minutes) < NIGHT]
        return awake if pin is not None else [at for at in awake if not wall.is_clash(at, minutes)]

    def _grid(self, day: int, host: str | None) -> list[datetime]:
        """The steps of UTC that are on the day by the wall of the host, or of the lead city."""
        zone, on = ZoneInfo(check_plan.zone_of(self.problem, host)), self.start_on + timedelta(days=day)
        step = timedelta(minutes=self.problem["step_minutes"])
        near = (self.zero + timedelta(days=day - 1) + n * step for n in range(timedelta(days=3) // step))
        return [at for at in near if at.astimezone(zone).date() == on]

    def _ways(self, starts: list[datetime], minutes: int, sittings: int) -> list[tuple[datetime, ...]]:
        if sittings == 1:
            return [(at,) for at in starts]
        return [(a, b) for a in starts for b in starts if b - a >= timedelta(minutes=minutes)]

    def _held_ways(
        self, pin: dict, starts: list[datetime], minutes: int, sittings: int
    ) -> list[tuple[datetime, ...]]:
        """Its own hour; of two sittings the second too, if it is not held at an open hour or else any."""
        first = check_plan._at(pin["starts_at"])
        if sittings == 1:
            return [(first,)]
        if pin["second_at"]:
            return [(first, check_plan._at(pin["second_at"]))]
        begin = first + timedelta(minutes=minutes)
        grid = self._grid((date.fromisoformat(pin["on"]) - self.start_on).days, None)
        later = [at for at in starts if at >= begin] or [at for at in grid if at >= begin]
        return [(first, at) for at in later]

    def _cost(self, sittings: tuple[datetime, ...], minutes: int, who: tuple[str, ...] | None) -> Kept:
        mine = {wall.city["id"] for wall in self._walls(who)}
        points = tuple(
            min(wall.points(at, minutes) for at in sittings) if wall.city["id"] in mine else 0
            for wall in self.walls
        )
        clashes = sum(any(wall.is_clash(at, minutes) for at in sittings) for wall in self._walls(who))
        asked = (wall for wall in self._walls(who) if wall.is_outside(sittings, minutes))
        return Kept(clashes, sum(wall.price for wall in asked), points)

    def _suits(self, sittings: tuple[datetime, ...], minutes: int, who: tuple[str, ...] | None) -> bool:
        """Whether none is asked outside its hours who never is."""
        never = (wall for wall in self._walls(who) if wall.city["outside"] == "never")
        return not any(wall.is_outside(sittings, minutes) for wall in never)

    def _walls(self, who: tuple[str, ...] | None) -> list["_Wall"]:
        return [wall for wall in self.walls if who is None or wall.city["id"] in who]

    def _is_forbidden(self, day: int, kind: str) -> bool:
        on = self.start_on + timedelta(days=day)
        spans = [check_plan._forbidden(each) for each in self.problem["forbidden_on"]]
        return any(first <= on <= last and of in ("", kind) for first, last, of in spans)

    def _held_entries(self) -> list[dict]:
        problem = self.problem
        last_on = self.start_on + timedelta(days=7 * problem["weeks"] - 1)
        pins = [dict(pin) for pin in problem["pins"]]
        for each in problem["standing"]:
            on = check_plan.day_on(problem, each)
            is_free = not each["published"] or each["name"] in problem["unpinned"]
            if (
                not is_free
                and self.start_on <= on <= last_on
                and not any((pin["kind"], pin["on"]) == (each["kind"], on.isoformat()) for pin in pins)
            ):
                pins.append(dict(each) | {"on": on.isoformat()})
        return pins


class _Wall:
    """A city's clock: bands by the quarter, local dates, and what is on them."""

    def __init__(self, problem: dict, city: dict, zero: datetime) -> None:
        self.city = city
        self.zero = zero
        self.zone = ZoneInfo(city["time_zone"])
        burden = problem["burden"]
        self.weights = (0, burden["shoulder"], burden["night"])
        self.is_by_event = burden["per"] == "event"
        self.is_needed = city["lead"] or city["required"]
        self.price = 1 if city["outside"] == "never" else city["outside"]
        self.busy = [(check_plan._at(a), check_plan._at(b)) for a, b in city["busy"]]
        self.band = cache(self._band)
        self.local_date = cache(lambda at: at.astimezone(self.zone).date())
        self.is_blocked_on = cache(self._is_blocked_on)
        self.is_clash_on = cache(self._is_clash_on)

    def worst(self, at: datetime, minutes: int) -> int:
        return max(self._bands(at, minutes))

    def points(self, at: datetime, minutes: int) -> int:
        bands = self._bands(at, minutes)
        if self.is_by_event:
            return max(self.weights[band] for band in bands)
        return sum(QUARTER * self.weights[band] for band in bands)

    def is_outside(self, sittings: tuple[datetime, ...], minutes: int) -> bool:
        """At the sitting that costs the city least, one in its hours if it can."""
        return min((self.points(at, minutes), self._is_out(at, minutes)) for at in sittings)[1]

    def _is_out(self, at: datetime, minutes: int) -> bool:
        if self.city["acceptable"] is None:
            return False
        earliest, latest = self.city["acceptable"]
        quarters = (at + timedelta(minutes=n) for n in range(0, minutes, QUARTER))
        shown = (each.astimezone(self.zone).strftime("%H:%M") for each in quarters)
        return any(not earliest <= each < latest for each in shown)

    def is_blocked(self, at: datetime, minutes: int) -> bool:
        end = at + timedelta(minutes=minutes)
        if self.is_needed and any(a < end and at < b for a, b in self.busy):
            return True
        return any(self.is_blocked_on(on) for on in self._dates(at, minutes))

    def is_clash(self, at: datetime, minutes: int) -> bool:
        return not self.city["lead"] and any(self.is_clash_on(on) for on in self._dates(at, minutes))

    def _bands(self, at: datetime, minutes: int) -> list[int]:
        return [self.band(at + timedelta(minutes=n)) for n in range(0, minutes, QUARTER)]

    def _band(self, at: datetime) -> int:
        return check_plan._band(self.city, at)

    def _dates(self, at: datetime, minutes: int) -> set[date]:
        return {self.local_date(at), self.local_date(at + timedelta(minutes=minutes - 1))}

    def _is_blocked_on(self, on: date) -> bool:
        if check_plan._is_weekend(self.city, on):
            return True
        if self.city["lead"] and check_plan._holiday(self.city, on):
            return True
        return self.is_needed and any(a <= on.isoformat() <= b for a, b in self.city["quiet"])

    def _is_clash_on(self, on: date) -> bool:
        return bool(check_plan._holiday(self.city, on)) and not check_plan._is_weekend(self.city, on)


def _is_that(pin: dict, cycle: int | None, kind: str | None, host: str | None) -> bool:
    if (pin["kind"] == "session") is not (cycle is not None):
        return False
    wanted = {"cycle": cycle} if cycle is not None else {"training": kind, "host": host}
    return all(pin.get(name) in (None, value) for name, value in wanted.items())


def _pareto_front(found: Iterable[Kept]) -> tuple[Kept, ...]:
    kept: list[Kept] = []
    for each in sorted(set(found), key=lambda one: (sum(one.points), one.clashes, one.outside, one.points)):
        if not any(
            other.clashes <= each.clashes
            and other.outside <= each.outside
            and all(a <= b for a, b in zip(other.points, each.points, strict=True))
            for other in kept
        ):
            kept.append(each)
    return tuple(kept)
