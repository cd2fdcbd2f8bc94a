"""Pages of agreements and of who pays each city's share."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from exchange.duties.nouns.agreements import payer_shares
from exchange.money import actions, queries
from exchange.money.forms import AgreementForm, PayersForm, typed_agreement, typed_next, typed_payers
from exchange.money.views.blueprint import Page, blueprint, by, decision_shown
from exchange.rules.money.payers import gaps
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, today, transaction
from exchange.web.http.id_numbers import clamped
from exchange.web.presentation.decision_choices import decision_choices
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/money/agreements/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_agreement() -> Page:
    """A new agreement; with another in the address, the draft of what follows that one."""
    after_id = clamped(request.args.get("after", type=int))
    with reading() as session:
        after = queries.agreement_of(session, after_id) if after_id else None
        form = AgreementForm(data=typed_next(after) if after else None)
        form.offer(queries.offered(session))
        form.decision_id.choices = decision_choices(session)
    tried, made_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            last = queries.agreement_of(session, after_id) if after_id else None
            made_id = actions.open_agreement(session, form.draft(), by=by(), after=last).id or 0
        if tried.is_done:
            flash(_("The agreement is saved."))
            return redirect(url_for("money.show_agreement", agreement_id=made_id), 303)
    return render_template("money/new_agreement.html", form=form, after=after), tried.status


@blueprint.get("/money/agreements/<int:agreement_id>")
@requires(Permission.SEE_PROGRAMME)
def show_agreement(agreement_id: int) -> Page:
    """One agreement: its cities and payers, what has no payer, its years and statements."""
    with reading() as session:
        found = queries.agreement_of(session, agreement_id)
        missing = {
            party.id: gaps(payer_shares(party), found.starts_on, found.ends_on) for party in found.parties
        }
        names = {payer.id: payer.organisation.name for party in found.parties for payer in party.payers}
        return render_template(
            "money/show_agreement.html",
            agreement=found,
            missing=missing,
            names_of=lambda keys: ", ".join(names[key] for key in keys),
            years=queries.years_of(found),
            decision=decision_shown(session, found.decision_id),
            beyond=queries.last_agreed_day(session, today()),
        )


@blueprint.route("/money/agreements/<int:agreement_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_agreement(agreement_id: int) -> Page:
    """Its days, cities, shares and whether it is agreed."""
    with reading() as session:
        found = queries.agreement_of(session, agreement_id)
        form = AgreementForm(data=typed_agreement(found))
        form.offer(queries.offered(session))
        form.decision_id.choices = decision_choices(session, found.decision_id)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_agreement(session, agreement_id, version=form.opened_version)
            actions.edit_agreement(session, claimed, form.draft(), reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("money.show_agreement", agreement_id=agreement_id), 303)
    return render_template("money/edit_agreement.html", form=form, agreement=found), tried.status


@blueprint.route("/money/parties/<int:party_id>/payers", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_payers(party_id: int) -> Page:
    """Who pays the share of one city, from when to when."""
    with reading() as session:
        party = queries.party_of(session, party_id)
        form = PayersForm(data=typed_payers(party))
        form.offer(queries.offered(session))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            version = form.opened_version
            queries.claim_agreement(session, party.agreement_id, version=version)
            row = queries.party_of(session, party_id)
            actions.set_payers(session, row, form.drafts(), reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("money.show_agreement", agreement_id=party.agreement_id), 303)
    return render_template("money/edit_payers.html", form=form, party=party), tried.status
