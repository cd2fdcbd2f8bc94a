"""PLAN.json: a Plan becomes a document, and the document the same Plan again."""

from collections.abc import Mapping
from datetime import date, datetime

from exchange.planner.files.json_fields import Fields, day, instant, instant_text, integer, refuse
from exchange.planner.files.problem_cities import word
from exchange.planner.plan import (
    CHOICES,
    Change,
    Choice,
    CityBurden,
    Conflict,
    Entry,
    Objective,
    Plan,
    PlanRepair,
    Status,
    Tradeoff,
)
from exchange.planner.problem.problem import FAIRNESS, MAX_ALLOWANCE
from exchange.rules.sentences import Sentence, Value
from exchange.rules.time.typed_times import exact_wall

MOST = 1_000_000_000
PLAN_KEYS = (
    "status",
    "entries",
    "burden",
    "before",
    "objective",
    "conflict",
    "repairs",
    "changes",
    "trade",
    "notes",
    "let_go",
    "method",
    "limit",
    "seconds",
    "places",
    "choice",
    "choices",
)
CHANGE_KEYS = (
    "name",
    "before",
    "after",
    "host_before",
    "host_after",
    "second_before",
    "second_after",
    "moved",
)
ENTRY_KEYS = (
    "name",
    "kind",
    "training",
    "cycle",
    "host",
    "starts_at",
    "minutes",
    "sittings",
    "local",
    "burden",
    "held",
    "reason",
    "reasons",
    "notes",
)


def plan_document(plan: Plan) -> dict[str, object]:
    """The PLAN.json of a plan."""
    return {
        "status": str(plan.status),
        "entries": [_entry_to(entry) for entry in plan.entries],
        "burden": {city: each.burden for city, each in plan.burden.items()},
        "before": {city: each.before for city, each in plan.burden.items()},
        "objective": [_objective_to(each) for each in plan.objective],
        "conflict": [{"rule": c.rule, "number": c.number, **_sentence_to(c.sentence)} for c in plan.conflict],
        "repairs": [{**_sentence_to(each), "changes": dict(each.changes)} for each in plan.repairs],
        "changes": [_change_to(change) for change in plan.changes],
        "trade": [[each.worst, each.total] for each in plan.trade],
        "notes": _sentences_to(plan.notes),
        "let_go": list(plan.let_go),
        "method": plan.method,
        "limit": plan.limit,
        "seconds": plan.seconds,
        "places": [_objective_to(each) for each in plan.places],
        "choice": plan.choice,
        "choices": [_choice_to(each) for each in plan.choices],
    }


def plan_from(document: object, path: str = "") -> Plan:
    """The plan of a parsed PLAN.json. Raises InvalidInput whose field is the path of the fault."""
    fields = Fields(path, document, PLAN_KEYS)
    before = _counts(fields, "before")
    return Plan(
        status=Status(fields.placement("status", [str(each) for each in Status])),
        entries=fields.items("entries", _entry),
        burden={c: CityBurden(n, before.get(c, 0)) for c, n in _counts(fields, "burden").items()},
        objective=fields.items("objective", _objective),
        conflict=fields.items("conflict", _conflict),
        repairs=fields.items("repairs", _repair),
        changes=fields.items("changes", _change),
        trade=fields.items("trade", _trade),
        notes=fields.items("notes", _sentence),
        let_go=fields.items("let_go", word),
        method=fields.text("method", ""),
        limit=fields.text("limit", ""),
        seconds=fields.share("seconds", MOST, 0.0),
        places=fields.items("places", _objective),
        choice=fields.text("choice", ""),
        choices=fields.items("choices", _choice, len(CHOICES)),
    )


def _choice_to(choice: Choice) -> dict[str, object]:
    return {
        "name": choice.name,
        "max_allowance": choice.max_allowance,
        "fairness": choice.fairness,
        "plan": plan_document(choice.plan),
    }


def _choice(path: str, value: object) -> Choice:
    fields = Fields(path, value, ("name", "max_allowance", "fairness", "plan"))
    return Choice(
        fields.placement("name", CHOICES),
        fields.share("max_allowance", MAX_ALLOWANCE, 0.0),
        plan_from(fields.raw("plan"), fields.at("plan")),
        fields.placement("fairness", FAIRNESS, FAIRNESS[0]),
    )


def _entry_to(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "training": entry.training,
        "cycle": entry.cycle,
        "host": entry.host,
        "starts_at": instant_text(entry.starts_at),
        "minutes": entry.minutes,
        "sittings": [instant_text(at) for at in entry.sittings],
        "local": {city: at.isoformat(timespec="minutes") for city, at in entry.local.items()},
        "burden": dict(entry.burden),
        "held": entry.is_held,
        "reason": entry.reason,
        "reasons": _sentences_to(entry.reasons),
        "notes": _sentences_to(entry.notes),
    }


def _entry(path: str, value: object) -> Entry:
    fields = Fields(path, value, ENTRY_KEYS)
    return Entry(
        name=fields.text("name"),
        kind=fields.placement("kind", ("session", "training")),
        starts_at=fields.instant("starts_at"),
        minutes=fields.integer("minutes", 1, 10_000),
        local={city: _wall(at, each) for at, city, each in fields.pairs("local")},
        burden=_counts(fields, "burden"),
        cycle=fields.integer("cycle", 1, 208) if fields.has("cycle") else None,
        host=fields.text("host") if fields.has("host") else None,
        training=fields.text("training") if fields.has("training") else None,
        sittings=fields.items("sittings", instant),
        is_held=fields.flag("held", default=False),
        reasons=fields.items("reasons", _sentence),
        notes=fields.items("notes", _sentence),
    )


def _wall(path: str, value: object) -> datetime:
    try:
        return exact_wall(str(value))
    except ValueError:
        refuse(path, "a wall time like 2027-01-04T14:00", value)


def _counts(fields: Fields, key: str) -> Mapping[str, int]:
    return {name: integer(path, count, 0, MOST) for path, name, count in fields.pairs(key)}


def _objective_to(objective: Objective) -> dict[str, object]:
    return {
        "name": objective.name,
        "value": objective.value,
        "bound": objective.bound,
        "gap_percent": objective.gap_percent,
    }


def _objective(path: str, value: object) -> Objective:
    fields = Fields(path, value, ("name", "value", "bound", "gap_percent"))
    bound = fields.integer("bound", -MOST, MOST) if fields.has("bound") else None
    return Objective(fields.text("name"), fields.integer("value", 0, MOST), bound)


def _conflict(path: str, value: object) -> Conflict:
    fields = Fields(path, value, ("rule", "number", "text", "template", "values"))
    return Conflict(fields.text("rule"), _sentence_of(fields), fields.integer("number", 1, 1000, 1))


def _repair(path: str, value: object) -> PlanRepair:
    fields = Fields(path, value, ("text", "template", "values", "changes"))
    sentence = _sentence_of(fields)
    changes = {name: each for _, name, each in fields.pairs("changes")}
    return PlanRepair(sentence.template, sentence.values, changes)


def _change_to(change: Change) -> dict[str, object]:
    return {
        "name": change.name,
        "before": instant_text(change.before) if change.before else None,
        "after": instant_text(change.after) if change.after else None,
        "host_before": change.host_before,
        "host_after": change.host_after,
        "second_before": instant_text(change.second_before) if change.second_before else None,
        "second_after": instant_text(change.second_after) if change.second_after else None,
        "moved": change.is_move,
    }


def _change(path: str, value: object) -> Change:
    fields = Fields(path, value, CHANGE_KEYS)
    return Change(
        name=fields.text("name"),
        before=fields.instant("before") if fields.has("before") else None,
        after=fields.instant("after") if fields.has("after") else None,
        host_before=fields.text("host_before") if fields.has("host_before") else None,
        host_after=fields.text("host_after") if fields.has("host_after") else None,
        second_before=fields.instant("second_before") if fields.has("second_before") else None,
        second_after=fields.instant("second_after") if fields.has("second_after") else None,
    )


def _trade(path: str, value: object) -> Tradeoff:
    if not isinstance(value, list) or len(value) != 2:
        refuse(path, "a pair [worst, total]", value)
    return Tradeoff(integer(f"{path}[0]", value[0], 0, MOST), integer(f"{path}[1]", value[1], 0, MOST))


def _sentences_to(sentences: tuple[Sentence, ...]) -> list[dict[str, object]]:
    return [_sentence_to(sentence) for sentence in sentences]


def _sentence_to(sentence: Sentence) -> dict[str, object]:
    values = {k: {"on": v.isoformat()} if isinstance(v, date) else v for k, v in sentence.values.items()}
    return {"text": sentence.text, "template": sentence.template, "values": values}


def _sentence(path: str, value: object) -> Sentence:
    return _sentence_of(Fields(path, value, ("text", "template", "values")))


def _sentence_of(fields: Fields) -> Sentence:
    template = fields.raw("template")
    if not isinstance(template, str):
        refuse(fields.at("template"), "a text", template)
    return Sentence(template, {name: _value(path, each) for path, name, each in fields.pairs("values")})


def _value(path: str, value: object) -> Value:
    if isinstance(value, dict):
        return day(f"{path}.on", value.get("on"))
    if not isinstance(value, str | int):
        refuse(path, "a text, a number or a date", value)
    return value
