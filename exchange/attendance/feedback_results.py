"""What people thought of an event, as far as it may be shown: figures, and texts without names.

Which groups of answers are large enough, and what follows from others, rules/results/small_groups decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from exchange.answering.results import Given, QuestionResults, Results
from exchange.rules.asks.question_kinds import QuestionKind
from exchange.rules.asks.typed_values import NO, YES, scale_steps
from exchange.rules.results.small_groups import (
    Group,
    Picture,
    Voice,
    column_total,
    people_in,
    picture_of,
)

URGENCY = ("High", "Medium", "Low")  # of a corrective action: a choice between what and who
_ALL = "all"
_EVERYBODY = "everybody"
_CHOSEN = {QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.YES_NO}


@dataclass(frozen=True)
class Step:
    """One score or choice with its words; ``people`` None where too few chose it to say how many."""

    label: str
    people: int | None
    percent: int


@dataclass(frozen=True)
class Spread:
    """How the answers to a scale or a choice lie; ``people`` are those that the steps and ``others`` count.

    ``others`` chose what too few chose each, and are enough together; 0 when they are not. ``middle`` is the
    median of a scale, None for a choice. Without ``people`` nothing of it can be shown.
    """

    text: str
    steps: Sequence[Step]
    others: int
    people: int
    middle: float | None


@dataclass(frozen=True)
class Texts:
    """What people wrote, in no order of theirs; ``is_kept_back`` when too few wrote to show any of it."""

    text: str
    lines: Sequence[str]
    is_kept_back: bool


@dataclass(frozen=True)
class Actions:
    """Corrective actions as lines of what, how urgent and who; otherwise as Texts."""

    lines: Sequence[tuple[str, str, str]]
    is_kept_back: bool
    question_id: int | None = None  # of the first action that is asked for


@dataclass(frozen=True)
class Shown:
    """All of it, in the order of the questions within each kind."""

    statements: Sequence[Spread]
    choices: Sequence[Spread]
    actions: Actions
    texts: Sequence[Texts]


def shown(results: Results) -> Shown:
    """What may be shown of the answers that were handed in."""
    questions = [one for one in results.questions if one.row is None]
    triples = _triples(questions)
    of_actions = {id(one) for triple in triples for one in triple}
    rest = [one for one in questions if id(one) not in of_actions]
    scales = [one for one in rest if one.question.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}]
    choices = [one for one in rest if one.question.kind in _CHOSEN]
    texts = [one for one in rest if one.question.kind in {QuestionKind.TEXT, QuestionKind.DATE}]
    return Shown(
        statements=[
            _scale(one) if one.question.kind == QuestionKind.SCALE else _number(one) for one in scales
        ],
        choices=[spread for one in choices for spread in _choice(one)],
        actions=_actions(triples),
        texts=[_texts(one) for one in texts],
    )


def _scale(one: QuestionResults) -> Spread:
    labels = {score: f"{score} {words}".strip() for score, words in scale_steps(one.question.options)}
    picture = _picture(one)
    counted = column_total(picture, _ALL)
    scores = [given.value for given in one.given if _voice(given) in counted]
    numbers = [score for score in scores if isinstance(score, int)]
    return _spread(one, picture, labels, median(numbers) if numbers else None)


def _number(one: QuestionResults) -> Spread:
    """The median alone: who wrote which number would be told by it."""
    everybody = frozenset(_voice(given) for given in one.given)
    place: tuple[object, str] = (_EVERYBODY, _ALL)
    picture = picture_of({place: everybody})
    numbers = [given.value for given in one.given if isinstance(given.value, int | float)]
    return _spread(one, picture, {}, median(numbers) if picture.cells else None)


def _choice(one: QuestionResults) -> list[Spread]:
    """The answers to a question; where several may be chosen, each choice beside not choosing it."""
    options = one.question.options
    if one.question.kind == QuestionKind.YES_NO:
        return [_spread(one, _picture(one), {True: YES, False: NO}, None)]
    if one.question.kind == QuestionKind.CHOICE:
        return [_spread(one, _picture(one), {option: option for option in options}, None)]
    return [_chosen(one, option) for option in options]


def _chosen(one: QuestionResults, option: str) -> Spread:
    """Nothing of it where few did one of both: how many answered stands beside the other choices."""
    table: dict[tuple[object, str], Group] = {}
    for given in one.given:
        place = (isinstance(given.value, list) and option in given.value, _ALL)
        table[place] = table.get(place, frozenset()) | {_voice(given)}
    picture = picture_of(table)
    if picture.hidden:
        picture = Picture({}, {}, frozenset())
    return replace(_spread(one, picture, {True: YES, False: NO}, None), text=f"{one.question.text} {option}")


def _spread(
    one: QuestionResults,
    picture: Picture[object, str],
    labels: Mapping[bool, str] | Mapping[int, str] | Mapping[str, str],
    middle: float | None,
) -> Spread:
    people = people_in(column_total(picture, _ALL))
    if one.question.is_required and people < people_in(frozenset(_voice(given) for given in one.given)):
        return Spread(one.question.text, [], 0, 0, None)  # how many handed in is known: the rest would follow
    steps = []
    for value, label in labels.items():
        group = picture.cells.get((value, _ALL))
        count = None if (value, _ALL) in picture.hidden else people_in(group or frozenset())
        steps.append(Step(label, count, round(100 * count / people) if count and people else 0))
    others = people_in(picture.together.get(_ALL, frozenset()))
    return Spread(one.question.text, steps, others, people, middle)


def _picture(one: QuestionResults) -> Picture[object, str]:
    """The answers by what was said."""
    table: dict[tuple[object, str], Group] = {}
    for given in one.given:
        place = (given.value if isinstance(given.value, int | str) else str(given.value), _ALL)
        table[place] = table.get(place, frozenset()) | {_voice(given)}
    return picture_of(table)


def _texts(one: QuestionResults) -> Texts:
    lines = sorted(str(given.value) for given in one.given)  # not in the order in which people answered
    is_shown = _is_shown(one.given)
    return Texts(one.question.text, lines if is_shown else [], bool(lines) and not is_shown)


def _actions(triples: Sequence[tuple[QuestionResults, QuestionResults, QuestionResults]]) -> Actions:
    """Every action with what the same person said of it."""
    lines, given = [], []
    for what, urgency, who in triples:
        said = [{one.contribution_id: str(one.value) for one in part.given} for part in (urgency, who)]
        for one in what.given:
            lines.append((str(one.value), *(part.get(one.contribution_id, "") for part in said)))
            given.append(one)
    rank = {word: number for number, word in enumerate(URGENCY)}
    lines.sort(key=lambda line: (rank.get(line[1], len(rank)), line[0]))
    is_shown = _is_shown(given)
    first = triples[0][0].question.id if triples else None
    return Actions([(a, b, c) for a, b, c in lines] if is_shown else [], bool(lines) and not is_shown, first)


def _triples(
    questions: Sequence[QuestionResults],
) -> list[tuple[QuestionResults, QuestionResults, QuestionResults]]:
    """What, how urgent and who: a choice of the three words between two texts."""
    found = []
    for what, urgency, who in zip(questions, questions[1:], questions[2:], strict=False):
        kinds = (what.question.kind, urgency.question.kind, who.question.kind)
        are_texts = kinds[0] == kinds[2] == QuestionKind.TEXT
        if are_texts and kinds[1] == QuestionKind.CHOICE and tuple(urgency.question.options) == URGENCY:
            found.append((what, urgency, who))
    return found


def _is_shown(given: Sequence[Given]) -> bool:
    group = frozenset(_voice(one) for one in given)
    return bool(picture_of({(_ALL, _ALL): group}).cells)


def _voice(given: Given) -> Voice:
    return Voice((given.contribution_id, given.version), given.person_id, given.organisation_id)
