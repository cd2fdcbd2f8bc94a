"""Pages of needs rounds: the list with the pipeline, planning, opening, closing, opening again."""

from flask import flash, render_template
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.things import thing_of_round
from exchange.errors import Conflict
from exchange.markdown import rendered
from exchange.models import City, NeedsRound, Theme
from exchange.needs import actions, queries
from exchange.needs.actions import Decider
from exchange.needs.forms import LastDayForm, RoundForm, typed_for_new, typed_from
from exchange.needs.given_answers import TEMPLATE, ask_of_round
from exchange.needs.results import pictures, remarks_of, shown_round
from exchange.needs.results_picture import picture_of
from exchange.needs.views.blueprint import (
    Page,
    blueprint,
    by,
    change_page,
    decide,
    loaded,
    may_read,
    round_for,
    to_round,
)
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    ask_templates,
    may,
    reading,
    signed_in,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/needs")
@requires(Permission.SEE_PROGRAMME)
def needs() -> Page:
    """The pipeline of needs and all rounds, as far as the reader may know of them."""
    with reading() as session:
        rounds = [one for one in queries.rounds(session) if may_read(one)]
        return render_template(
            "needs/needs.html",
            rounds=rounds,
            needs=[one for one in queries.needs(session) if may_read(one.round)],
            plans=may(Permission.PLAN_PROGRAMME),
        )


@blueprint.route("/needs/rounds/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_round() -> Page:
    """The form of a new round, saved as a draft."""
    with reading() as session:
        cities, themes = _offered(session)
    form = RoundForm(data=typed_for_new(today().year, signed_in().person.city_id, cities))
    form.offer(cities, themes)
    tried, round_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            round_id = actions.plan_round(session, form.draft(), by=by()).id or 0
        if tried.is_done:
            flash(_("Saved as a draft. Nobody is asked until you open it."))
            return to_round(round_id)
    return render_template("needs/new_round.html", form=form), tried.status


@blueprint.get("/needs/rounds/<int:round_id>")
@requires(Permission.SEE_PROGRAMME)
def show_round(round_id: int) -> Page:
    """One round: its dates and themes, and once it is closed what came of it."""
    with reading() as session:
        found = round_for(session, round_id, Right.READ)
        thing = thing_of_round(found)
        shown = shown_round(session, found, standing().cities, may_read)
        return render_template(
            "needs/show_round.html",
            round=found,
            shown=shown,
            picture=picture_of(shown) if shown else None,
            needs=queries.needs_of_round(session, found),
            remarks=remarks_of(session, shown) if allowed(Right.WRITE, thing) else [],
            rendered=rendered,
            changes=allowed(Right.CHANGE, thing),
            ask=ask_of_round(session, found),
            ranks=allowed(Right.WRITE, thing),
        )


@blueprint.route("/needs/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_round(round_id: int) -> Page:
    """The form of a round that was not opened yet."""
    with reading() as session:
        found = round_for(session, round_id, Right.CHANGE)
        cities, themes = _offered(session, found)
    form = RoundForm(data=typed_from(found))
    form.offer(cities, themes)

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        actions.edit_round(session, claimed, form.draft(), by=decider)

    return change_page(
        round_id, form, change, template="needs/edit_round.html", said=_("Saved."), round=found
    )


@blueprint.route("/needs/rounds/<int:round_id>/open", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def open_round(round_id: int) -> Page:
    """What opening does, and the button that does it."""
    found = loaded(round_id, Right.CHANGE)
    template = ask_templates().get(TEMPLATE)
    if template is None:
        raise Conflict("The file of asks (asks_file) has no template %(key)s to begin with.", key=TEMPLATE)
    form = VersionedForm(data={"version": found.version})

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        actions.open_round(session, claimed, template, by=decider)

    said = _("The round is open.")
    return change_page(round_id, form, change, template="needs/open_round.html", said=said, round=found)


@blueprint.route("/needs/rounds/<int:round_id>/close", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def close_round(round_id: int) -> Page:
    """What closing does, and the button that does it."""
    found = loaded(round_id, Right.CHANGE)
    form = VersionedForm(data={"version": found.version})
    is_new: list[bool] = []

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        shown = pictures(session, claimed, decider.now)
        is_new.append(actions.close_round(session, claimed, shown, by=decider))

    tried = decide(round_id, form, change) if form.validate_on_submit() else Attempt(form)
    if not tried.is_done:
        return render_template("needs/close_round.html", form=form, round=found), tried.status
    flash(
        _("The round is closed. Its results are shown below.")
        if is_new[0]
        else _(
            "The round is closed. Its results stay as they were shown: too few answers are new, and the"
            " difference would tell who gave them."
        )
    )
    return to_round(round_id)


@blueprint.route("/needs/rounds/<int:round_id>/reopen", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def reopen_round(round_id: int) -> Page:
    """People may answer again, until another day and for a reason."""
    found = loaded(round_id, Right.CHANGE)
    form = LastDayForm(data={"version": found.version})

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        actions.reopen_round(session, claimed, form.closes_on.data, reason=form.reason.data, by=decider)

    said = _("The round is open again. Its results are shown to nobody until it is closed.")
    return change_page(round_id, form, change, template="needs/reopen_round.html", said=said, round=found)


@blueprint.route("/needs/rounds/<int:round_id>/last-day", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def move_last_day(round_id: int) -> Page:
    """Another last day for answers."""
    found = loaded(round_id, Right.CHANGE)
    form = LastDayForm(data={"version": found.version, "closes_on": found.closes_on})

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        actions.move_last_day(session, claimed, form.closes_on.data, reason=form.reason.data, by=decider)

    said = _("The last day is saved.")
    return change_page(round_id, form, change, template="needs/move_last_day.html", said=said, round=found)


def _offered(session: Session, found: NeedsRound | None = None) -> tuple[list[City], list[Theme]]:
    also = [*found.cities, found.city] if found else [signed_in().person.city]
    return queries.cities_to_ask(session, today(), also), list(queries.themes_to_ask(session))
