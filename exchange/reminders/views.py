"""Pages of reminders: rehearsals of letters, who holds a cycle up, a nudge, and its ladder."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.access.things import thing_of_ask
from exchange.answering.asks import ask_by_id
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.schedule.eager_loading import cycle_with_readers
from exchange.mail.writing.rehearsal import as_text, written
from exchange.reminders.ask_letters import rehearsed_ask_letters
from exchange.reminders.duty_rehearsal import rehearsed_duty_letters
from exchange.reminders.duty_rules import duty_rules
from exchange.reminders.forms import chosen_steps, ladder_form
from exchange.reminders.hold_ups import cycle_with_stages, hold_ups
from exchange.reminders.nudges import change_ladder, nudge_party, steps_of
from exchange.reminders.queries import Rehearsal, rehearsal
from exchange.rules.access.policy import Right
from exchange.rules.time.typed_times import exact_date
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    ask_templates,
    now,
    reading,
    settings,
    signed_in,
    stage_plan,
    transaction,
)
from exchange.web.http.id_numbers import clamped
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.date_formats import sentence

blueprint = Blueprint("reminders", __name__)

Answer = tuple[str, int] | AnyResponse

LETTERS_PER_PAGE = 40  # letters in full; as one text file they come all at once
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


@blueprint.get("/letters/duties")
@requires(Permission.WRITE_LETTERS)
def rehearse_duties() -> str:
    """The letters about what people owe in the four weeks to come; none is sent or stored."""
    rules = duty_rules(settings(), stage_plan())
    with reading() as session:
        letters = rehearsed_duty_letters(session, rules, settings(), now())
        return render_template(
            "reminders/rehearse_duties.html",
            letters=letters[:LETTERS_PER_PAGE],
            number=len(letters),
            people=len({one.due.person.id for one in letters}),
        )


@blueprint.get("/asks/<int:ask_id>/rehearsal")
@requires(Permission.WRITE_LETTERS)
def rehearse_ask(ask_id: int) -> str:
    """The letters of an ask that are to come, in full; none is sent or stored."""
    with reading() as session:
        ask = ask_by_id(session, ask_id)
        template = ask_templates().get(ask.template)
        if template is None or ask.is_of_plan or not allowed(Right.CHANGE, thing_of_ask(ask.subject)):
            raise NotFound("There is no such page, or it is not for you to see.")
        letters = rehearsed_ask_letters(
            session, ask, template, plan=stage_plan(), settings=settings(), now=now()
        )
        return render_template(
            "reminders/rehearse_ask.html",
            ask=ask,
            letters=letters[:LETTERS_PER_PAGE],
            number=len(letters),
            people=len({one.due.reader_id for one in letters}),
        )


@blueprint.get("/cycles/<int:cycle_id>/silence")
@requires(Permission.WRITE_LETTERS)
def silence(cycle_id: int) -> str:
    """Who holds the cycle up, by city and by group."""
    with reading() as session:
        found = hold_ups(session, cycle_with_stages(session, cycle_id), plan=stage_plan())
        return render_template("reminders/silence.html", found=found, cycle=found.cycle)


@blueprint.route("/cycles/<int:cycle_id>/silence/<int:party_id>/nudge", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def nudge(cycle_id: int, party_id: int) -> Answer:
    """Remind who is silent in one city or group, after a look at who that is."""
    form = BaseForm()
    with reading() as session:
        found = hold_ups(session, cycle_with_stages(session, cycle_id), plan=stage_plan())
        party = found.party(party_id)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                names = _nudged(session, cycle_id, party_id)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Reminded: %(names)s.", names=", ".join(names)))
            return redirect(url_for("reminders.silence", cycle_id=cycle_id), 303)
    page = render_template("reminders/nudge.html", cycle=found.cycle, party=party, form=form)
    return page, status


@blueprint.route("/cycles/<int:cycle_id>/ladder", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def ladder(cycle_id: int) -> Answer:
    """The steps that chase answers in this cycle: moved by days, or left out."""
    with reading() as session:
        cycle = cycle_with_readers(session, cycle_id)
        steps = steps_of(session, cycle, stage_plan())
    form = ladder_form(steps)
    if form.validate_on_submit():
        with transaction() as session:
            row = cycle_with_readers(session, cycle_id)
            chosen = chosen_steps(form, steps)
            change_ladder(session, row, chosen, plan=stage_plan(), actor=signed_in().person, now=now())
        flash(_("The ladder of this cycle is saved."))
        return redirect(url_for("reminders.silence", cycle_id=cycle_id), 303)
    page = render_template("reminders/ladder.html", cycle=cycle, steps=steps, form=form)
    return page, 400 if form.errors else 200


def _nudged(session: Session, cycle_id: int, party_id: int) -> list[str]:
    found = hold_ups(session, cycle_with_readers(session, cycle_id), plan=stage_plan())
    return nudge_party(
        session,
        found.cycle,
        found.party(party_id),
        plan=stage_plan(),
        settings=settings(),
        actor=signed_in().person,
        now=now(),
    )


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
        asked = exact_date(text)
    except ValueError as error:
        raise InvalidInput("Write the day like 2027-01-11.") from error
    if not FIRST_YEAR <= asked.year <= LAST_YEAR:
        raise InvalidInput(
            "Choose a day between %(first)s and %(last)s.", first=str(FIRST_YEAR), last=str(LAST_YEAR)
        )
    return asked
