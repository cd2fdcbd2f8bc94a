"""A plan in lines for a terminal: entries, objective, reasons, and answers to "why not?"."""

import json
from collections.abc import Sequence
from datetime import date

from exchange.errors import InvalidInput
from exchange.planner.files.json_fields import day
from exchange.planner.plan import Entry, Objective, Plan
from exchange.planner.problem.problem import Problem
from exchange.planner.solve import answer_why_not
from exchange.rules.time.timezones import wall_time

LINE_MOST = 200  # characters of a change that still fit into a line


def plan_lines(problem: Problem, plan: Plan) -> list[str]:
    """A plan in a few lines for a terminal, times on the host's wall, a session's on the lead city's."""
    lines = [note.text for note in plan.notes]
    lines += [
        f"{_wall(problem, entry)}  {entry.minutes:3} min  {entry.name}"
        + (f", {entry.training}, host {entry.host}" if entry.host else "")
        for entry in plan.entries
    ]
    lines += [f"{each.name}: {each.value}" + _proof(each) for each in (*plan.objective, *plan.places)]
    lines += [
        f"To choose instead, the {each.name}: {each.plan.value_of('worst')} for the city that bears most,"
        f" {each.plan.value_of('total')} for all"
        for each in plan.choices
    ]
    many = len({each.number for each in plan.conflict}) > 1
    lines += [
        f"Cannot hold together{f' ({each.number})' if many else ''}: {each.sentence.text}"
        for each in plan.conflict
    ]
    for repair in plan.repairs:
        changes = ", ".join(f"{path}: {json.dumps(value)}" for path, value in repair.changes.items())
        lines.append(f"It would do to: {repair.text}" + (f" ({changes})" if len(changes) < LINE_MOST else ""))
    ended = f"; ended by: {plan.limit}" if plan.limit else ""
    return [*lines, f"{plan.status} by {plan.method} in {plan.seconds:.1f} s{ended}"]


def why_not_lines(problem: Problem, plan: Plan, questions: Sequence[str]) -> list[str]:
    """An answer to each question, written as the name of an entry and a date: training-3=2027-04-12."""
    lines = []
    for name, on in asked_days(questions):
        answer = answer_why_not(problem, plan, name, on)
        lines.append(f"{name} not on {on.isoformat()}: {' '.join(sentence.text for sentence in answer)}")
    return lines


def asked_days(questions: Sequence[str]) -> list[tuple[str, date]]:
    """The entry and the day of each question. Raises InvalidInput for one that is written otherwise."""
    found = []
    for question in questions:
        name, _, text = question.partition("=")
        try:
            found.append((name, day("", text)))
        except InvalidInput as error:
            raise InvalidInput(
                "%(question)s: write the name of an entry and a date, like training-3=2027-04-12.",
                question=question[:60],
            ) from error
    return found


def reason_lines(plan: Plan) -> list[str]:
    """Why each entry stands where it stands, every city's clock and points, and what each bears in all."""
    mean = sum(each.burden + each.before for each in plan.burden.values()) / max(1, len(plan.burden))
    bound = next((each.bound for each in plan.objective if each.name == "worst"), None)
    least = "" if bound is None else f"; the most burdened city bears {bound} at least"
    lines = [f"On the mean a city bears {mean:.1f}{least}."]
    lines += [
        f"{city} bears {each.burden}" + (f" beside {each.before} before" if each.before else "")
        for city, each in plan.burden.items()
    ]
    for entry in plan.entries:
        lines.append(f"{entry.name}: {entry.reason}")
        lines.append("  " + ", ".join(_clock(entry, city) for city in entry.local))
        lines += [f"  {note.text}" for note in entry.notes]
    return lines


def _wall(problem: Problem, entry: Entry) -> str:
    shown = wall_time(entry.starts_at, problem.walls.zone(entry.host)).naive
    return f"{shown:%a %Y-%m-%d %H:%M} in {problem.walls.name(entry.host)}"


def _clock(entry: Entry, city: str) -> str:
    points = entry.burden.get(city, 0)
    return f"{city} {entry.local[city]:%a %H:%M}" + (f" ({points})" if points else "")


def _proof(objective: Objective) -> str:
    if objective.bound is None:
        return ""
    if objective.is_proven:
        return " (proven)"
    return f" (no plan below {objective.bound}, gap {objective.gap_percent:g} %)"
