"""Planning again: the same problem with entries kept, moved or forbidden, and the fewest changes to the rest.

It reads what a form says of each entry and makes the problem; it saves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from exchange.errors import InvalidInput
from exchange.models import Cycle
from exchange.planner.files.json_fields import instant_text
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.files.problem_pins import pin_to
from exchange.planner.plan import Entry
from exchange.planner.problem.problem import Problem
from exchange.planning.burdens.programme_meetings import title_to_plan
from exchange.planning.proposal.entry_rows import Place, Proposal, is_event
from exchange.planning.wishes.problem_from_wishes import Document
from exchange.rules.time.timezones import WallTime, instant
from exchange.rules.time.typed_times import exact_date, exact_time

FREE, KEEP, MOVE, NOT_THEN = "free", "keep", "move", "not-then"


@dataclass(frozen=True)
class EntryWish:
    """What is wished of one entry; ``on`` and ``at`` are where it moves, on the reader's wall.

    Without ``at`` it is the date on its own wall, that of its host or of the lead city.

    ``is_unpinned`` lets a published one move.
    """

    action: str = FREE
    on: date | None = None
    at: time | None = None
    is_unpinned: bool = False


def entry_wishes(typed: Mapping[str, str], proposal: Proposal) -> dict[str, EntryWish]:
    """The wishes by entry name, of the fields action-NAME, on-NAME, at-NAME and unpin-NAME.

    Raises InvalidInput whose field is that field.
    """
    return {entry.name: _wish(typed, entry) for entry in proposal.plan.entries}


def problem_again(proposal: Proposal, wishes: Mapping[str, EntryWish], time_zone: str) -> Document:
    """The complete PROBLEM.json of the new search. Raises InvalidInput as the planner says it."""
    document = document_of(proposal.problem)
    kept = [pin for pin in _list(document, "pins") if not _is_an_entrys(pin, proposal)]
    pins, forbidden = [], _list(document, "forbidden_on")
    for planned in proposal.plan.entries:
        wish, place = wishes.get(planned.name, EntryWish()), proposal.places.get(planned.name)
        _check_unpinned(planned, wish, place)
        entry = _as_it_stands(planned, place)
        if _stays_without_pin(proposal.problem, planned, wish, place):
            continue
        if wish.action in (KEEP, MOVE):
            pins.append(_pin(proposal.problem, entry, wish, time_zone))
        elif wish.action == NOT_THEN:
            on = proposal.problem.date_of(entry).isoformat()
            forbidden.append({"from_on": on, "to_on": on, "kind": entry.kind})
    taken = {(pin["kind"], pin["on"]) for pin in pins}
    document["pins"] = [pin for pin in kept if (pin["kind"], pin["on"]) not in taken] + pins
    document["forbidden_on"] = forbidden
    document["standing"] = [_existing(e, proposal.places.get(e.name)) for e in proposal.plan.entries]
    document["unpinned"] = [name for name, wish in wishes.items() if wish.is_unpinned]
    _open_starts_of(document, proposal)
    document["replan"] = True
    return document_of(_checked(document))


def _as_it_stands(entry: Entry, place: Place | None) -> Entry:
    """The entry at the hour to which somebody moved it by hand since it was planned."""
    if place is None or place.at == entry.starts_at:
        return entry
    sittings = (place.at, place.second_at) if place.second_at else (place.at,)
    return replace(entry, starts_at=place.at, sittings=sittings)


def _stays_without_pin(problem: Problem, entry: Entry, wish: EntryWish, place: Place | None) -> bool:
    """Whether it is published and stays: then it is past, and a pin would be a wish, which every rule binds.

    An event of the programme from before the plan keeps its pin, as its day need not be that of its host.
    """
    if place is None or not place.is_published or wish.is_unpinned or wish.action != KEEP:
        return False
    pins = ((pin.kind, pin.starts_at) for pin in problem.pins if is_event(pin.name))
    return place.at != entry.starts_at or (entry.kind, entry.starts_at) not in pins


def _open_starts_of(document: Document, proposal: Proposal) -> None:
    """An exchange may begin where one stands: what blocks it there was set aside, or stopped nobody."""
    starts = {place.row.starts_on for place in proposal.places.values() if isinstance(place.row, Cycle)}
    cycles = document["cycles"]
    if isinstance(cycles, dict):
        cycles["no_start_on"] = [on for on in cycles["no_start_on"] if date.fromisoformat(on) not in starts]


def _check_unpinned(entry: Entry, wish: EntryWish, place: Place | None) -> None:
    """Raise InvalidInput for a published entry that is to leave its day without having been unpinned."""
    is_to_move = wish.action in (MOVE, NOT_THEN)
    if is_to_move and place is not None and place.is_published and not wish.is_unpinned:
        raise InvalidInput(
            "%(title)s is published: say that it may move all the same, or let it stay.",
            field=f"unpin-{entry.name}",
            title=title_to_plan(place.row),
        )


def _wish(typed: Mapping[str, str], entry: Entry) -> EntryWish:
    """What is held stays where nothing is said of it."""
    name = entry.name
    action = typed.get(f"action-{name}", KEEP if entry.is_held else FREE)
    if action not in (FREE, KEEP, MOVE, NOT_THEN):
        raise InvalidInput("Choose one of the ways offered.", field=f"action-{name}")
    on = at = None
    if action == MOVE:
        try:
            on = exact_date(typed.get(f"on-{name}", ""))
            text = typed.get(f"at-{name}", "")
            at = exact_time(text) if text else None
        except ValueError as error:
            raise InvalidInput(
                "Give the day to which %(name)s moves, and an hour like 14:00 or none.",
                field=f"on-{name}",
                name=name,
            ) from error
    return EntryWish(action, on, at, is_unpinned=f"unpin-{name}" in typed)


def _pin(problem: Problem, entry: Entry, wish: EntryWish, time_zone: str) -> Document:
    """With an hour, its day is that of the instant: for whom no host is named yet, in the lead city.

    What is kept stays on the day that holds it, and an event of the programme keeps its pin as it is.
    """
    pin: Document = {"kind": entry.kind, "name": entry.name}
    if wish.action == KEEP:
        at: datetime | None = entry.starts_at
        on = problem.date_of(entry)
        earlier = next((pin_to(p) for p in problem.pins if (p.kind, p.starts_at) == (entry.kind, at)), None)
        if earlier is not None and is_event(str(earlier["name"])):
            return earlier  # its host may be none of the plan's, and its day the lead city's
        is_on_its_wall = entry.host is None or problem.walls.date(entry.starts_at, entry.host) == on
        pin |= {
            "host": entry.host if is_on_its_wall else None,
            "training": entry.training,
            "second_at": instant_text(entry.second_at) if entry.second_at else None,
        }
    else:
        assert wish.on is not None  # _wish has seen to it
        at = instant(WallTime(wish.on, wish.at, time_zone)) if wish.at else None
        on = problem.walls.date(at) if at else wish.on
    if entry.kind == "session":
        pin["cycle"] = entry.cycle
    return pin | {"on": on.isoformat(), "starts_at": instant_text(at) if at else None}


def _existing(entry: Entry, place: Place | None) -> Document:
    """Where the entry is now: in the programme when it was taken, else in the plan."""
    second_at = place.second_at if place else entry.second_at
    return {
        "name": entry.name,
        "kind": entry.kind,
        "starts_at": instant_text(place.at if place else entry.starts_at),
        "cycle": entry.cycle,
        "host": entry.host,
        "training": entry.training,
        "published": place is not None and place.is_published,
        "second_at": instant_text(second_at) if second_at else None,
    }


def _is_an_entrys(pin: Document, proposal: Proposal) -> bool:
    """Whether an earlier pin holds an entry of the plan: what is wished of that now counts instead."""
    days = [(entry.kind, proposal.problem.date_of(entry).isoformat()) for entry in proposal.plan.entries]
    return (str(pin["kind"]), str(pin["on"])) in days


def _checked(document: Document) -> Problem:
    return problem_from(document)


def _list(document: Document, key: str) -> list[Document]:
    """A list of the document, with plain spans of forbidden days written out."""
    found = document[key]
    assert isinstance(found, list)
    return [{"from_on": each[0], "to_on": each[1]} if isinstance(each, list) else each for each in found]
