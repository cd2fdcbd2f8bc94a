"""The pages of a rehearsal: every letter that a cycle would send, before it does."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from exchange.errors import InvalidInput
from exchange.mail.rehearsal import as_text, written
from exchange.reminders.queries import Rehearsal, rehearsal
from exchange.web.numbers import clamped
from exchange.web.permissions import Permission, requires
from exchange.web.request import now, reading, settings, stage_plan

blueprint = Blueprint("reminders", __name__)

LETTERS_PER_PAGE = 40  # whole letters; as one text file they come all at once
FIRST_YEAR, LAST_YEAR = 2000, 2100  # of a rehearsal: holidays and zones are known about these


@blueprint.get("/cycles/<int:cycle_id>/rehearsal")
@requires(Permission.WRITE_LETTERS)
def rehearse_cycle(cycle_id: int) -> str:
    """The letters page by page, from ``?from=`` or today on; none is sent or stored."""
    with reading() as session:
        found = _rehearsal(session, cycle_id)
        pages = max(1, -(-len(found.planned) // LETTERS_PER_PAGE))
        page = min(clamped(request.args.get("page", type=int)) or 1, pages)
        first = (page - 1) * LETTERS_PER_PAGE
        shown = found.planned[first : first + LETTERS_PER_PAGE]
        return render_template(
            "reminders/rehearse_cycle.html",
            rehearsal=found,
            cycle=found.cycle,
            letters=list(written(session, shown, plan=stage_plan(), settings=settings())),
            first=first + 1,
            page=page,
            pages=pages,
            starts_on=_asked_day(),
        )


@blueprint.get("/cycles/<int:cycle_id>/rehearsal.txt")
@requires(Permission.WRITE_LETTERS)
def rehearsal_text(cycle_id: int) -> Response:
    """All letters in one text file."""
    with reading() as session:
        found = _rehearsal(session, cycle_id)
        letters = written(session, found.planned, plan=stage_plan(), settings=settings())
        text = "\n".join(as_text(one, number) for number, one in enumerate(letters, 1))
    headers = {"Content-Disposition": f"attachment; filename=rehearsal-{cycle_id}.txt"}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)


def _rehearsal(session: Session, cycle_id: int) -> Rehearsal:
    """From today without what the outbox has, or from the day that was asked for with all of it."""
    asked = _asked_day()
    moment = datetime.combine(asked, time(0), UTC) if asked else now()
    return rehearsal(session, cycle_id, plan=stage_plan(), now=moment, without_taken=asked is None)


def _asked_day() -> date | None:
    text = request.args.get("from", "").strip()
    if not text:
        return None
    try:
        asked = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Write the day like 2027-01-11.") from error
    if not FIRST_YEAR <= asked.year <= LAST_YEAR:
        raise InvalidInput(
            "Choose a day between %(first)s and %(last)s.", first=str(FIRST_YEAR), last=str(LAST_YEAR)
        )
    return asked
