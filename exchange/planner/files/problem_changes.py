"""What is different between two problems, by lines of PROBLEM.json; and lines put into a document.

Not which differences mend a problem: explain/relaxations.py tries them.
"""

import re
from collections.abc import Mapping
from copy import deepcopy

from exchange.planner.files.problem_file import document_of
from exchange.planner.problem.problem import Problem

Document = dict[str, object]
_ITEM = re.compile(r"(\w+)\[(\d+)\]")


def changes_between(old: Problem, new: Problem) -> Document:
    """The new values by their paths, such as ``trainings.gap_days`` or ``cities[3].quiet``."""
    return dict(_differences("", document_of(old), document_of(new)))


def with_changes(document: Mapping[str, object], changes: Mapping[str, object]) -> Document:
    """A copy of the document with the lines in their places."""
    found: Document = deepcopy(dict(document))
    for path, value in changes.items():
        place: object = found
        *steps, last = path.split(".")
        for step in steps:
            place = _inside(place, step)
        if isinstance(place, dict):
            place[last] = value
    return found


def _inside(place: object, step: str) -> object:
    item = _ITEM.fullmatch(step)
    key = item.group(1) if item else step
    within = place[key] if isinstance(place, dict) else None
    return within[int(item.group(2))] if item and isinstance(within, list) else within


def _differences(path: str, old: object, new: object) -> list[tuple[str, object]]:
    if old == new:
        return []
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys() and path.count(".") < 1:
        start = f"{path}." if path else ""
        return [each for key in new for each in _differences(f"{start}{key}", old[key], new[key])]
    if path == "cities" and isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [each for n, (a, b) in pairs for each in _differences(f"{path}[{n}]", a, b)]
    return [(path, new)]
