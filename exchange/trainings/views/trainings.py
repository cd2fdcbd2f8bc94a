"""Pages of training events: the list with its gauge, the form with its preview, and one event."""

from collections.abc import Callable

from flask import flash, render_template, request
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.named_people import addresses_of, names_of
from exchange.access.things import thing_of_link, thing_of_training
from exchange.answering.attendance.counts import counts_of_training
from exchange.audit import people_named
from exchange.errors import InvalidInput
from exchange.feeds.subscriptions.unseen_changes import calendars_of_item
from exchange.follow_up.shown import follow_up_of_training
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import turnout_of_training
from exchange.lifecycle import history_of, overrides_of
from exchange.mail.schedule.told_dates import tell_nobody
from exchange.markdown import rendered
from exchange.models import Need, Publication
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.rules.programme import trainings as rhythm
from exchange.trainings import actions, queries
from exchange.trainings.drafts import check_draft, draft_of
from exchange.trainings.forms import (
    StateForm,
    TrainingForm,
    typed_from,
)
from exchange.trainings.history import told
from exchange.trainings.preview import Preview, preview_of
from exchange.trainings.suggestions import offer, offered
from exchange.trainings.views.blueprint import blueprint
from exchange.trainings.views.reader_pages import training_of_city, trainings_of_city
from exchange.trainings.views.training_changes import to_training
from exchange.web.access.linked_products import linked_products
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    observances,
    reader_time_zone,
    reading,
    signed_in,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.cadence_gauge import gauge_scale
from exchange.web.presentation.paging import asked_page, asked_search
from exchange.web.presentation.quoted_needs import asked_need, known_needs
from exchange.web.presentation.refusals import attempt

Page = str | Response | tuple[str, int]
Saved = tuple[int, str]  # id and title of an event that stands in the database


@blueprint.get("/trainings")
@requires(Permission.SEE_PROGRAMME)
def trainings() -> str:
    """All events the reader may know of; for who plans fifty on a page, and the rhythm they keep."""
    with reading() as session:
        if not may(Permission.PLAN_PROGRAMME):
            return trainings_of_city(session)
        dates = queries.rhythm_dates(session)
        gauge = rhythm.gauge(dates, today())
        search = asked_search()
        page = queries.trainings_found(session, today(), standing(), search=search, number=asked_page())
        return render_template(
            "trainings/trainings.html",
            page=page,
            search=search,
            coming=[one for one in page.rows if one.on_local >= today()],
            past=[one for one in page.rows if one.on_local < today()],
            past_scale=gauge_scale(gauge.past),
            ahead_scale=gauge_scale(gauge.ahead),
            window=rhythm.next_window(dates, today()),
        )


@blueprint.route("/trainings/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_training() -> Page:
    """A form with a date in the next window, for a need where one is named; POST previews or saves."""
    with reading() as session:
        need = asked_need(session)
        form = offered(session, TrainingForm(data=offer(session, need)))
    if request.method == "GET":
        return _form_page(form, preview=None, training=None, need=need)

    def save(session: Session) -> int:
        opened = actions.open_training(
            session, form.draft(), actor=signed_in().person, now=now(), reason=form.reason.data, need=need
        )
        return opened.id or 0

    return _preview_or_save(form, save, training=None, need=need)


@blueprint.route("/trainings/<int:training_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_training(training_id: int) -> Page:
    """The form of a saved event; POST previews or saves."""
    with reading() as session:
        training = queries.training(session, training_id)
        form = offered(
            session,
            TrainingForm(data=typed_from(training) | {"named": addresses_of(session, training.named_ids)}),
        )
        title, marking = training.title, training.marking
    if request.method == "GET":
        return _form_page(form, preview=None, training=(training_id, title))

    def save(session: Session) -> int:
        if is_lowered(marking, form.draft().marking):
            needs_recent_proof()
        claimed = actions.claim_training(session, training_id, version=form.opened_version)
        actions.edit_training(
            session, claimed, form.draft(), actor=signed_in().person, now=now(), reason=form.reason.data
        )
        if form.is_silent.data:
            tell_nobody(session, claimed, reason=form.reason.data, actor=signed_in().person, now=now())
        return training_id

    return _preview_or_save(form, save, training=(training_id, title))


@blueprint.get("/trainings/<int:training_id>")
@requires(Permission.SEE_PROGRAMME)
def show_training(training_id: int) -> str:
    """One event: everything for who plans, what the marking allows for the others."""
    with reading() as session:
        training = queries.training(session, training_id)
        if not allowed(Right.CHANGE, thing_of_training(training)):
            return training_of_city(session, training)
        draft = draft_of(training)
        around = queries.surroundings(session, draft, training_id=training_id, observances=observances())
        entries = history_of(session, training)
        return render_template(
            "trainings/show_training.html",
            training=training,
            lacks_why=draft.lacks_why and training.publication is Publication.DRAFT,
            agenda=rendered(training.agenda),
            reading=[one for one in training.links if allowed(Right.READ, thing_of_link(training, one))],
            named=names_of(session, training.named_ids) if training.named_ids else [],
            preview=preview_of(draft, around, own_zone=reader_time_zone()),
            overrides=overrides_of(session, training),
            needs=known_needs(session, training),
            history=told(entries, people_named(session, entries)),
            turnout=turnout_of_training(session, training_id),
            there=counts_of_training(session, training_id),
            has_begun=MeetingOf(training=training).starts_at <= now(),
            follow_up=follow_up_of_training(session, training, standing(), now()),
            calendars=calendars_of_item(session, training, now()),
            products=linked_products(session, training),
            state_form=StateForm(data={"version": training.version, "state": training.state}),
        )


def _preview_or_save(
    form: TrainingForm,
    save: Callable[[Session], int],
    *,
    training: Saved | None,
    need: Need | None = None,
) -> Page:
    """The page again with its preview; the saved event when saving was asked for and nothing is wrong."""
    preview = _preview(form, training[0] if training else None) if form.validate() else None
    if preview is None or "preview" in request.form:
        return _form_page(form, preview=preview, training=training, need=need)
    training_id = 0
    with attempt(form) as tried, transaction() as session:
        training_id = save(session)
    if not tried.is_done:
        return _form_page(form, preview=preview, training=training, need=need, status=tried.status)
    flash(_("Saved.") if training else _("Saved as a draft. Nobody else sees it until you publish it."))
    return to_training(training_id)


def _preview(form: TrainingForm, training_id: int | None) -> Preview | None:
    """What the form would mean; None, with the fault at its field, when the wall time cannot be."""
    with reading() as session:
        try:
            draft = form.draft()
            check_draft(draft)
            around = queries.surroundings(session, draft, training_id=training_id, observances=observances())
            return preview_of(draft, around, own_zone=reader_time_zone())
        except InvalidInput as error:
            form.add_error(error)
            return None


def _form_page(
    form: TrainingForm,
    *,
    preview: Preview | None,
    training: Saved | None,
    need: Need | None = None,
    status: int | None = None,
) -> Page:
    page = render_template(
        "trainings/new_training.html" if training is None else "trainings/edit_training.html",
        form=form,
        preview=preview,
        training=training,
        need=need,
        zones=sorted(set(form.zones.values())),
    )
    return page, status or (400 if form.errors else 200)
