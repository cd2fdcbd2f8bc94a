"""What a city answers to the ask about findings: prefilled with what is recorded, recorded when handed in.

Drafts record nothing. What a city may be asked about, follow_up.asked_findings says.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session

from exchange.contributions.drafts import AnswerDraft, answer_field
from exchange.contributions.queries import AnswerAccess
from exchange.errors import Conflict, InvalidInput
from exchange.follow_up.asked_findings import AskedFinding
from exchange.follow_up.progress import Decider, ProgressDraft, set_progress
from exchange.models import AskQuestion, FindingsRound, Headway
from exchange.rules.asks.question_kinds import Value
from exchange.rules.time.timezones import wall_time

_ELSEWHERE = (
    "A finding was closed, or it was said elsewhere how far your city is, since you opened this page. Nothing"
    " of yours was saved: open your link again."
)


class RecordedElsewhere(Conflict):
    """What is asked, or what is recorded of it, is not what the page showed."""


def asked_version(access: AnswerAccess) -> str:
    """Another when the questions, the findings that are asked about, or what is recorded changed."""
    said = [f"{row}-{one.recorded.version if one.recorded else 0}" for row, one in access.findings.items()]
    return ".".join([str(access.ask.version), *said])


def recorded_fields(access: AnswerAccess, now: datetime) -> dict[str, object]:
    """What is recorded and newer than the saved answer, as it stands in the fields; nothing of other asks."""
    saved_at = access.contribution.changed_at if access.contribution else None
    found: dict[str, object] = {}
    for row_id, one in access.findings.items():
        if one.recorded is None or (saved_at is not None and one.recorded.set_at <= saved_at):
            continue
        for name, question in _questions(access).items():
            found[answer_field(question.id or 0, row_id)] = _typed(one, question, name, _today(access, now))
    return found


def say_progress(session: Session, access: AnswerAccess, draft: AnswerDraft, *, now: datetime) -> None:
    """Record how far the city is with each finding of which the answer says something else than is recorded.

    Raises InvalidInput at the field of its row, and RecordedElsewhere when a finding of the answer is closed
    or no longer for its reader, or somebody recorded something meanwhile. The caller's transaction ends
    with it: all is recorded, or nothing.
    """
    questions = _questions(access)
    rows = {row for one in questions.values() for row in _by_row(draft, one)}
    if not rows <= {str(row_id) for row_id in access.findings}:
        raise RecordedElsewhere(_ELSEWHERE)
    for row_id, finding in access.findings.items():
        said = {name: _by_row(draft, one).get(str(row_id), "") for name, one in questions.items()}
        before = {
            name: _typed(finding, one, name, _today(access, now)) if finding.recorded else ""
            for name, one in questions.items()
        }
        if any(said.values()) and said != before:
            _record(session, access, row_id, said, now)


def _record(
    session: Session, access: AnswerAccess, row_id: int, said: Mapping[str, Value], now: datetime
) -> None:
    finding, city, questions = access.findings[row_id], access.party.city, _questions(access)
    if city is None:
        raise ValueError(f"party {access.party.id} of a findings round is no city")

    def field(name: str) -> str:
        return answer_field(questions[name].id or 0, row_id)

    if not said["state"]:
        raise InvalidInput("Say how far your city is, or leave all of it empty.", field=field("state"))
    review_on = str(said["review_on"])
    draft = ProgressDraft(
        list(Headway)[questions["state"].options.index(str(said["state"]))],
        str(said["note"]),
        str(said["evidence"]),
        date.fromisoformat(review_on) if review_on else None,
    )
    version = finding.recorded.version if finding.recorded else 0
    try:
        set_progress(session, finding.lesson, city, draft, version=version, by=Decider(access.holder, now))
    except InvalidInput as error:
        raise InvalidInput(error.template, field=field(error.field or "state"), **error.values) from error
    except Conflict as error:
        raise RecordedElsewhere(_ELSEWHERE) from error


def _questions(access: AnswerAccess) -> dict[str, AskQuestion]:
    """The questions by what they say of a finding; none of an ask about something else."""
    about = access.subject
    by_id = {one.id: one for one in access.questions}
    asked = about.asked if isinstance(about, FindingsRound) else {}
    return {name: by_id[number] for name, number in asked.items()}


def _by_row(draft: AnswerDraft, question: AskQuestion) -> Mapping[str, Value]:
    answer = draft.answers.get(question.id or 0, {})
    return answer if isinstance(answer, Mapping) else {}


def _typed(finding: AskedFinding, question: AskQuestion, name: str, today: date) -> str:
    """What a field shows of what is recorded; a day that is over is asked for anew."""
    row = finding.recorded
    if row is None:
        return ""
    if name == "state":
        return question.options[list(Headway).index(Headway(row.state))]
    if name == "review_on":
        return row.review_on.isoformat() if row.review_on and row.review_on > today else ""
    return row.note.replace("\r\n", "\n") if name == "note" else row.evidence  # as forms compare text


def _today(access: AnswerAccess, now: datetime) -> date:
    city = access.party.city
    return wall_time(now, city.time_zone if city else access.holder.city.time_zone).on
