"""Run a course: actions, faults and time, all ticks in any order between them, and what must hold throughout.

What must hold at the end is verdicts.py's.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from exchange.db import Database
from exchange.errors import ExchangeError
from exchange.mail.outbox.delivered import UNREACHABLE
from exchange.models import LetterState
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from tests.flows.course_steps import Action, Course, Fault, Walk
from tests.flows.course_world import ANNOUNCED, PLAN, World
from tests.flows.rounds import FLOW, Rows, Tick, changes_between, dumped, order_of
from tests.flows.told import OF_CHANGES, Arrival, arrivals
from tests.flows.wire import Killed, Wire
from tests.hand_clock import HandClock

STRIDE = timedelta(hours=8)  # no longer without a tick
ROUNDS_MAX = 300  # until all is delivered; some twenty are needed


class NotAtRest(AssertionError):
    """A second round of ticks at the same moment changed something."""


class WaitForgotten(AssertionError):
    """A letter that was tried is tried again sooner than it was to be."""


class TooManyRows(AssertionError):
    """More letters about changes were written to a reader than there were changes to tell."""


class NeverDone(AssertionError):
    """Letters are still under way long after the last action."""


@dataclass
class Running:
    """One course on a database. ``log`` has what happened, a line each; ``calls`` counts actions to tell of.

    ``accepted`` are answers that stand, by reader and subject; ``waits`` is what was seen of letters tried.
    """

    course: Course
    database: Database
    settings: Settings
    log: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    accepted: dict[tuple[str, str], datetime] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    waits: dict[object, tuple[int, datetime | None]] = field(default_factory=dict)

    @cached_property
    def clock(self) -> HandClock:
        """What all ticks are told."""
        return HandClock(self.course.invited_at)

    @cached_property
    def wire(self) -> Wire:
        """Where letters go."""
        return Wire(self.clock)

    @cached_property
    def world(self) -> World:
        """What it is about."""
        return World(self.database, self.course)

    def begin(self) -> None:
        """Everybody gets what is due before the first step."""
        self.world.made()
        self.round(FLOW)
        self.clock.advance(hours=4)  # where that Monday was a holiday it is Tuesday morning now
        self.round(FLOW)
        self.clock.set(self.course.starts_at)
        self.log.clear()

    def go(self) -> None:
        """Take all steps, then walk on, without faults, until nothing is under way."""
        for step in self.course.steps:
            if isinstance(step, Action):
                self._do(step)
            elif isinstance(step, Fault):
                self.wire.arm(step)
                self._note(str(step))
            else:
                self._walk(step)
        self.finish()

    def arrivals(self) -> list[Arrival]:
        """What arrived so far."""
        return arrivals(self.database, self.wire.arrived)

    # ------------------------------------------------------------ steps

    def _do(self, action: Action) -> None:
        if action.about not in self.course.abouts and action.verb in _ABOUT_IT:
            return
        if action.verb in {"accept", "decline"} and not self._is_invited(action):
            return
        before = self._versions()
        try:
            self.world.does(action, self.clock())
        except ExchangeError as error:
            self._note(f"{action}: refused. {error}")
            return
        if action.verb == "come back":
            self.calls.update(self.course.abouts)
        elif action.verb in ANNOUNCED and self._versions() != before:
            self.calls[action.about] += 1
        self._keep_answer(action)
        self._note(f"{action}.")
        self.check_rest(0)

    def _versions(self) -> list[object]:
        rows = self.dump()
        return [row["version"] for name in ("cycle", "training_event") for row in rows[name].values()]

    def _is_invited(self, action: Action) -> bool:
        """Whether a calendar of the reader shows it: only then they can answer."""
        number = {"Åsa Öberg": 1, "Tom Baker-Lane": 2, "Maria Ruiz": 3, "Aroha Tane": 4, "Priya Nair": 5}
        mine = [one for one in self.arrivals() if one.of == (number[action.who], action.about) and one.part]
        return bool(mine) and mine[-1].part is not None and mine[-1].part.method == "REQUEST"

    def _keep_answer(self, action: Action) -> None:
        """Whoever took no letters any more when they accepted may have learnt of changes on the page."""
        if action.verb == "stop letters":
            self.stopped.add(action.who)
        if action.verb == "accept" and action.who not in self.stopped:
            self.accepted[action.who, action.about] = self.clock()
        if action.verb == "decline":
            self.accepted.pop((action.who, action.about), None)

    def _walk(self, walk: Walk) -> None:
        until = min(self.clock() + timedelta(minutes=walk.minutes), self.world.ends_at)
        order = order_of(walk.order)
        while self.clock() < until:
            self.clock.set(min(self.clock() + STRIDE, until))
            self._note(f"Ticks: {', '.join(tick.__name__ for tick in order)}.")
            self.round(order)
        self.check_rest(walk.order)

    def finish(self) -> None:
        """Walk from one moment at which something is due to the next, until there is none."""
        self.wire.faults.clear()
        self._note("No more actions, no more faults.")
        mornings = 4 if self.course.drafts else 0
        for _ in range(ROUNDS_MAX):
            self.round(FLOW)
            following = self._next_moment()
            if following is None and mornings:  # what was published invites on the next working morning
                following, mornings = self.clock() + timedelta(days=1), mornings - 1
            if following is None:
                self.check_rest(0)
                return
            self.clock.set(max(following, self.clock() + timedelta(minutes=1)))
        raise NeverDone(f"after {ROUNDS_MAX} rounds something is still under way")

    def _next_moment(self) -> datetime | None:
        rows = self.dump()
        moments = [row["tell_at"] for name in ("cycle", "training_event") for row in rows[name].values()]
        for letter in rows["letter"].values():
            if letter["state"] == LetterState.QUEUED:
                moments.append(max(filter(None, (letter["due_at"], letter["next_try_at"]))))
            if letter["state"] == LetterState.SENDING:
                moments.append(letter["claimed_at"] + timedelta(seconds=self.settings.stuck_seconds))
        return min(filter(None, moments), default=None)

    # ------------------------------------------------------------ ticks

    def round(self, order: tuple[Tick, ...]) -> None:
        """Each tick once, in this order."""
        for tick in order:
            outcome = self._delivered() if tick is deliver_mail else tick(self._context())
            if any(word.isdigit() and word != "0" for word in outcome.split()):
                self._note(f"  {tick.__name__}: {outcome}")
        self._check_rows()

    def _delivered(self) -> str:
        """Deliver until a run comes to its end: after a kill or a broken connection there is another."""
        for _ in range(len(self.wire.faults) + 1):
            try:
                outcome = deliver_mail(self._context())
            except Killed:
                self._note("  deliver_mail: the process is killed")
                self.wire.is_dead = False
                self.database.dispose()
                continue
            if UNREACHABLE not in outcome:
                return outcome
            self._note(f"  deliver_mail: {outcome}")
        return deliver_mail(self._context())

    def _context(self) -> Context:
        return Context(
            database=self.database,
            settings=self.settings,
            plan=PLAN,
            transport=self.wire,
            now=self.clock,
            worker="course:1",
        )

    # ------------------------------------------------------------ what must hold throughout

    def check_rest(self, order: int) -> None:
        """One round of all ticks as work flows; after it another in any order changes nothing."""
        self.round(FLOW)
        before = self.dump()
        self.round(order_of(order))
        changes = changes_between(before, self.dump())
        if changes:
            opening = f"At {self.clock():%a %d %b %H:%M} a second round changed:"
            raise NotAtRest("\n".join([opening, *changes]))

    def _check_rows(self) -> None:
        rows = self.dump()["letter"]
        self._check_waits(rows)
        written = Counter(
            (str(row["to_name"]), "cycle" if row["cycle_id"] else "event")
            for row in rows.values()
            if row["kind"] in OF_CHANGES
        )
        for (name, about), count in written.items():
            if count > self.calls[about]:
                said = f"{count} letters about {self.calls[about]} changes of the {about} to {name}"
                raise TooManyRows(said)

    def _check_waits(self, rows: dict[object, dict[str, object]]) -> None:
        for key, row in rows.items():
            if row["state"] != LetterState.QUEUED:
                continue
            attempts, next_try_at = self.waits.get(key, (0, None))
            found = row["attempts"], row["next_try_at"]
            if found[0] < attempts or (next_try_at and (found[1] is None or found[1] < next_try_at)):
                raise WaitForgotten(
                    f"{row['kind']} to {row['to_name']}: after {attempts} tries the next was to be at"
                    f" {next_try_at:%a %H:%M}; now there are {found[0]}, and it is {found[1]}"
                    if next_try_at
                    else f"{row['kind']} to {row['to_name']}: of {attempts} tries {found[0]} are left"
                )
            self.waits[key] = found

    def dump(self) -> Rows:
        """All rows of what must come to rest."""
        return dumped(self.database)

    def _note(self, line: str) -> None:
        self.log.append(f"{self.clock():%a %d %b %H:%M} {line}")


_ABOUT_IT = {"publish", "move", "cancel", "postpone", "resume", "edit title", "edit place"}
_ABOUT_IT |= {"uninvite", "invite back", "accept", "decline"}
