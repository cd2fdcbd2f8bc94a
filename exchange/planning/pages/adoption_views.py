"""Pages that take entries of a plan into the programme as drafts, and take them back."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session, col, select

from exchange.answering.answered_needs import open_needs
from exchange.models import Theme
from exchange.models.themes import TO_BE_CHOSEN
from exchange.planning import actions
from exchange.planning.pages.blueprint import Page, blueprint, entries_of, proposal, to_plan
from exchange.planning.pages.forms import ConfirmForm, TakeForm
from exchange.planning.proposal.adoption import Taking, take_back, take_entries
from exchange.planning.proposal.blocks import findings_of_entries
from exchange.planning.proposal.choosing import check_choice
from exchange.planning.proposal.entry_needs import needs_of_entries
from exchange.planning.proposal.entry_rows import Proposal, proposal_of
from exchange.planning.proposal.plan_entries import offered_leads
from exchange.rules.findings.finding_types import Finding
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import parse_marking
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, transaction
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/plans/<int:plan_id>/take", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def take_plan(plan_id: int) -> Page:
    """All, some or none of the entries become drafts."""
    with reading() as session:
        shown = proposal(session, plan_id)
        form = TakeForm(data={"choice": shown.plan.choice})
        form.offer({entry.name: entry.name for entry in shown.left})
        if request.method == "GET":
            form.names.data = [entry.name for entry in shown.left]
    with attempt(form) as looked:
        check_choice(shown.plan, form.choice.data)  # first: another plan has entries of other names
    if not looked.is_done:
        return _take_page(plan_id, form, []), looked.status
    tried, count = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            count = _take(session, plan_id, form)
    if tried.is_done:
        said = ngettext(
            "%(num)d entry is in the programme now.", "%(num)d entries are in the programme now.", count
        )
        flash(said)
        return to_plan(plan_id)
    findings = tried.error.findings if isinstance(tried.error, Blocked) else []
    return _take_page(plan_id, form, findings), tried.status


@blueprint.route("/plans/<int:plan_id>/take-back", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def take_plan_back(plan_id: int) -> Page:
    """The drafts that a plan made and nobody touched go again, after a question."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with transaction() as session:
            request_row = actions.claim_request(session, plan_id)
            shown = proposal_of(session, request_row, stage_plan())
            gone, left = take_back(session, shown, actor=signed_in().person, now=now())
        flash(
            ngettext("%(num)d draft is deleted.", "%(num)d drafts are deleted.", gone)
            + (" " + _("%(left)s stay: they were changed or published.", left=left) if left else "")
        )
        return to_plan(plan_id)
    with reading() as session:
        shown = proposal(session, plan_id)
        return render_template("planning/take_plan_back.html", plan_request=shown.request, form=form)


def _take(session: Session, plan_id: int, form: TakeForm) -> int:
    request_row = actions.claim_request(session, plan_id)
    shown = proposal_of(session, request_row, stage_plan())
    check_choice(shown.plan, form.choice.data)
    taking = Taking(
        names=frozenset(form.names.data or ()),
        marking=parse_marking(form.marking.data or ""),
        themes=_themes(shown),
        leads={e.name: request.form.get(f"lead-{e.name}", "") for e in shown.left if e.kind == "session"},
        needs=needs_of_entries(session, shown),
        reason=form.reason.data,
    )
    return take_entries(session, shown, taking, stage_plan=stage_plan(), actor=signed_in().person, now=now())


def _themes(shown: Proposal) -> dict[str, int]:
    typed = {entry.name: request.form.get(f"theme-{entry.name}", "") for entry in shown.left}
    return {
        name: int(text)
        for name, text in typed.items()
        if text.isascii() and text.isdigit() and len(text) < 10
    }


def _take_page(plan_id: int, form: TakeForm, findings: list[Finding]) -> str:
    with reading() as session:
        shown = proposal(session, plan_id)
        form.choice.data = shown.plan.choice  # of the days that this page shows
        left = [entry for entry in entries_of(shown) if not entry.is_here]
        themes = session.exec(
            select(Theme).where(col(Theme.key) != TO_BE_CHOSEN).order_by(col(Theme.key))
        ).all()
        return render_template(
            "planning/take_plan.html",
            plan_request=shown.request,
            entries=left,
            themes=themes,
            needs=open_needs(session),
            answers=needs_of_entries(session, shown),
            leads=_leads(shown),
            cities=shown.problem.cities,
            typed=request.form,
            form=form,
            findings=findings,
            blocks={} if findings else findings_of_entries(session, shown, stage_plan(), now()).blocks,
        )


def _leads(shown: Proposal) -> dict[str, str]:
    """The lead city chosen for each exchange, or the one that is offered."""
    offered = offered_leads(shown.problem, shown.plan.entries)
    return {name: request.form.get(f"lead-{name}") or lead for name, lead in offered.items()}
