"""Pages of lines, of rates, and of what becomes of a year's balance."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.answering.decisions import known_decisions
from exchange.money import line_actions, queries
from exchange.money.line_forms import CloseForm, LineForm, RateForm, WhyForm
from exchange.money.views.blueprint import Page, blueprint, by, host_today
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, standing, today, transaction
from exchange.web.presentation.decision_choices import decision_choices
from exchange.web.presentation.paging import asked_page
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/money/agreements/<int:agreement_id>/lines")
@requires(Permission.SEE_PROGRAMME)
def lines(agreement_id: int) -> Page:
    """All lines of an agreement, the newest first, each with the rate it was converted at."""
    with reading() as session:
        agreement = queries.agreement_of(session, agreement_id)
        return render_template(
            "money/lines.html",
            agreement=agreement,
            page=queries.lines_page(session, agreement, asked_page()),
            decisions={one.id: one.reference for one in known_decisions(session, standing())},
            beyond=queries.last_agreed_day(session, today()),
        )


@blueprint.route("/money/lines/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_line() -> Page:
    """A line; it is converted by the last rate of its day, and keeps it."""
    with reading() as session:
        form = LineForm()
        form.offer(one for one in queries.agreements(session) if one.agreed_on)
        form.decision_id.choices = decision_choices(session)
    tried, agreement_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            made = line_actions.add_line(session, form.draft(), by=by())
            agreement = queries.agreement_on(session, made.on_local)
            agreement_id = (agreement.id or 0) if agreement else 0
        if tried.is_done:
            flash(_("The line is saved."))
            return redirect(url_for("money.lines", agreement_id=agreement_id), 303)
    return render_template("money/new_line.html", form=form), tried.status


@blueprint.route("/money/lines/<int:line_id>/take-back", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def take_back_line(line_id: int) -> Page:
    """Take a wrong line out of the sums, for a reason."""
    with reading() as session:
        line = queries.line_of(session, line_id)
        agreement = queries.agreement_on(session, line.on_local)
        back = url_for("money.lines", agreement_id=agreement.id) if agreement else url_for("money.overview")
    form = WhyForm()
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.line_of(session, line_id, locks=True)
            line_actions.take_back_line(session, claimed, reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("The line is taken back."))
            return redirect(back, 303)
    return render_template("money/take_back_line.html", form=form, line=line, back=back), tried.status


@blueprint.get("/money/rates")
@requires(Permission.SEE_PROGRAMME)
def rates() -> Page:
    """All rates; who writes money records one here."""
    form = RateForm()
    return _rates(form, Attempt(form))


@blueprint.post("/money/rates")
@requires(Permission.PLAN_PROGRAMME)
def set_rate() -> Page:
    """Record a rate, or put right that of its day."""
    form = RateForm()
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            line_actions.set_rate(session, form.draft(), by=by())
        if tried.is_done:
            flash(_("The rate is saved. Lines that were converted before keep theirs."))
            return redirect(url_for("money.rates"), 303)
    return _rates(form, tried)


def _rates(form: RateForm, tried: Attempt) -> Page:
    with reading() as session:
        return render_template("money/rates.html", form=form, rates=queries.rates(session)), tried.status


@blueprint.route("/money/agreements/<int:agreement_id>/years/<int:year>/close", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def close_year(agreement_id: int, year: int) -> Page:
    """Decide what becomes of the balance of a year that is over."""
    with reading() as session:
        agreement = queries.agreement_of(session, agreement_id)
        closing = queries.year_called(agreement, year)
        form = CloseForm()
        form.decision_id.choices = decision_choices(session)
        totals = queries.totals_of_year(session, agreement, closing)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            on = host_today(agreement)
            line_actions.close_year(session, agreement, closing, form.wanted(), today=on, by=by())
        if tried.is_done:
            flash(_("It is recorded what becomes of the balance."))
            return redirect(url_for("money.overview", year=year), 303)
    page = render_template(
        "money/close_year.html",
        form=form,
        agreement=agreement,
        year=closing,
        last_on=queries.days_of(agreement, closing)[1],
        totals=totals,
    )
    return page, tried.status
