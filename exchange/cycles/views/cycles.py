"""Pages of cycles: the list, a new one, one of them, and its publication."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.access.named_people import addresses_of
from exchange.cycles import actions, queries
from exchange.cycles.forms import AboutForm, CycleForm, typed_for_new, typed_from
from exchange.cycles.preview import Preview, preview
from exchange.cycles.saving import open_blocks
from exchange.cycles.stage_progress import progress_of
from exchange.cycles.suggestions import BUTTON, offered_times, take_offer
from exchange.cycles.views import cycle_changes
from exchange.cycles.views.blueprint import blueprint
from exchange.errors import InvalidInput
from exchange.feeds.content.calendar_previews import calendar_previews
from exchange.lifecycle import check_version
from exchange.mail.schedule.letter_batches import letter_batches
from exchange.models import Cycle, Need
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.rules.time.timezones import NonexistentTime
from exchange.rules.time.typed_times import exact_date
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    now,
    observances,
    reader_time_zone,
    reading,
    signed_in,
    stage_plan,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.form_fields import ReasonForm
from exchange.web.presentation.quoted_needs import asked_need
from exchange.web.presentation.refusals import Attempt, attempt

Answer = str | tuple[str, int] | Response


@blueprint.get("/cycles")
@requires(Permission.SEE_PROGRAMME)
def cycles() -> Answer:
    """All cycles the reader may know of, by year."""
    with reading() as session:
        found = queries.cycles_seen_by(session, standing())
    by_year: dict[int, list[object]] = {}
    for cycle in found:
        by_year.setdefault(cycle.starts_on.year, []).append(progress_of(cycle, now()))
    return render_template("cycles/cycles.html", years=sorted(by_year.items(), reverse=True))


@blueprint.route("/cycles/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_cycle() -> Answer:
    """The form of a new cycle; "Preview" shows what it would mean, "Save" keeps it as a draft."""
    with reading() as session:
        need = asked_need(session)
        choices = queries.choices(session, today())
        starts_on = _asked_start() or queries.usual_start(session, stage_plan(), today())
    typed = typed_for_new(stage_plan(), starts_on, choices.cities, signed_in().person.city_id)
    form = CycleForm(data=typed | ({"theme_id": need.theme_id} if need else {}))
    form.offer(choices)
    form.show_all_stages(stage_plan())
    form.show_all_meetings(stage_plan())
    taken = take_offer(form, request.form.get(BUTTON, ""))
    page = _NewCyclePage(form, need, wants_saving="save" in request.form and not taken)
    saved = page.answer() if form.validate_on_submit() else None
    if saved is not None:
        flash(
            _("%(title)s is saved as a draft. Nobody else sees it until you publish it.", title=saved.title)
        )
        return redirect(url_for("cycles.show_cycle", cycle_id=saved.id), 303)
    zones = sorted({city.time_zone for city in choices.cities})
    rendered = render_template(
        "cycles/new_cycle.html",
        form=form,
        plan=stage_plan(),
        zones=zones,
        shown=page.shown,
        offered=page.offered,
        choices=choices,
        need=need,
    )
    return rendered, 400 if form.errors else 200


@blueprint.route("/cycles/<int:cycle_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_cycle(cycle_id: int) -> Answer:
    """What the cycle is about, who takes part, and its marking; its dates have pages of their own."""
    with reading() as session:
        cycle = queries.cycle_to_plan(session, cycle_id)
        choices = queries.choices(session, today(), also=[cycle.lead_city, *cycle.cities])
        named = addresses_of(session, cycle.named_ids)
    form = AboutForm(data=typed_from(cycle, stage_plan()) | {"named": named})
    form.offer(choices)
    form.show_all_meetings(stage_plan())
    tried = Attempt(form)
    if form.validate_on_submit():
        if is_lowered(cycle.marking, form.marking.data):
            needs_recent_proof()
        with attempt(form) as tried, transaction() as session:
            found = queries.cycle_to_change(session, cycle_id)
            check_version(found, form.opened_version)
            edit = form.edit(stage_plan())
            actions.edit_cycle(session, found, edit, plan=stage_plan(), actor=signed_in().person, now=now())
        if tried.is_done:
            flash(_("Saved."))
            cycle_changes.say_clashes(cycle_id)
            return redirect(url_for("cycles.show_cycle", cycle_id=cycle_id), 303)
    return render_template("cycles/edit_cycle.html", form=form, cycle=cycle), tried.status


@blueprint.get("/cycles/<int:cycle_id>/publish")
@requires(Permission.PLAN_PROGRAMME)
def publish_cycle(cycle_id: int) -> Answer:
    """What publication would do: which calendars show what, and who gets which letter when."""
    return _publication(cycle_id, ReasonForm(formdata=None))


@blueprint.post("/cycles/<int:cycle_id>/set-aside")
@requires(Permission.PLAN_PROGRAMME)
def set_aside(cycle_id: int) -> Answer:
    """Keep a reason for the blocks that stop publication; back to the page that showed them."""
    form = ReasonForm()
    if not form.validate():
        return _publication(cycle_id, form), 400
    with attempt(form) as tried, transaction() as session:
        cycle = queries.cycle_to_change(session, cycle_id)
        check_version(cycle, form.opened_version)
        actions.set_aside(
            session, cycle, reason=form.reason.data, plan=stage_plan(), actor=signed_in().person, now=now()
        )
    if not tried.is_done:
        return _publication(cycle_id, form), tried.status
    flash(_("The reason is kept."))
    return redirect(url_for("cycles.publish_cycle", cycle_id=cycle_id), 303)


@blueprint.post("/cycles/<int:cycle_id>/publish")
@requires(Permission.PLAN_PROGRAMME)
def do_publish_cycle(cycle_id: int) -> Answer:
    """Publish the cycle as it was shown."""
    form = ReasonForm()  # not validated: a reason is asked for only where a block stops it
    with attempt(form) as tried, transaction() as session:
        cycle = queries.cycle_to_change(session, cycle_id)
        check_version(cycle, form.opened_version)
        actions.publish_cycle(session, cycle, plan=stage_plan(), actor=signed_in().person, now=now())
    if not tried.is_done:
        return _publication(cycle_id, form), tried.status
    flash(_("It is published. Calendars follow within a minute."))
    return redirect(url_for("cycles.show_cycle", cycle_id=cycle_id), 303)


def _publication(cycle_id: int, form: ReasonForm) -> str:
    with reading() as session:
        cycle = queries.cycle_to_plan(session, cycle_id)
        form.version.data = form.version.data or str(cycle.version)
        return render_template(
            "cycles/publish_cycle.html",
            cycle=cycle,
            form=form,
            blocks=open_blocks(session, cycle, stage_plan()),
            calendars=calendar_previews(session, cycle),
            batches=letter_batches(session, cycle, plan=stage_plan(), now=now()),
        )


class _NewCyclePage:
    """What one POST of the new-cycle form came to: a saved cycle, or what the page shows instead."""

    def __init__(self, form: CycleForm, need: Need | None, *, wants_saving: bool) -> None:
        self.form = form
        self.need = need
        self.wants_saving = wants_saving
        self.shown: Preview | None = None
        self.offered: list[object] = []

    def answer(self) -> Cycle | None:
        """The saved cycle; None when the page is shown again, with a preview where there can be one."""
        try:
            draft = self.form.draft(stage_plan())
            with reading() as session:
                self.shown = preview(
                    session,
                    draft,
                    plan=stage_plan(),
                    own_zone=reader_time_zone(),
                    observances=observances(),
                )
            # Said beside the label; a change of the plan needs none, so nothing is checked here.
            self.form.reason.flags.required = bool(self.shown.blocks)
            if not self.wants_saving:
                return None
            with transaction() as session:
                return actions.open_cycle(
                    session, draft, plan=stage_plan(), need=self.need, actor=signed_in().person, now=now()
                )
        except NonexistentTime as error:
            self.offered = list(offered_times(error))
            self.form.add_error(error)
        except InvalidInput as error:
            self.form.add_error(error)
        return None


def _asked_start() -> date | None:
    """The start that a link to the form names, such as the programme's free weeks."""
    try:
        return exact_date(request.args.get("starts_on", ""))
    except ValueError:
        return None
