"""What is held about whoever is signed in, and why; correcting it, and asking for one's rights."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from exchange.models import Right
from exchange.personal_data import actions, queries
from exchange.personal_data.address_change import confirm_address, give_address, waiting_change
from exchange.personal_data.forms import RIGHTS, AddressForm, RightForm, details_of
from exchange.personal_data.retention_rules import read_retention
from exchange.personal_data.views.blueprint import Page, blueprint
from exchange.web.access.permissions import public, signed_in_only
from exchange.web.access.rate_limits import count_try
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.refusals import attempt

ADDRESS_TRIES = 5  # letters to new addresses that one person may have sent in a window
TRY_WINDOW = timedelta(hours=1)


@blueprint.get("/account/data")
@signed_in_only
def own_page() -> str:
    """What is held, by kind, with why and until when; and what one may do about it."""
    with reading() as session:
        person = queries.person_with_id(session, signed_in().person.id or 0)
        return render_template(
            "personal_data/own_page.html",
            person=person,
            held=queries.held_by_kind(session, person),
            requests=queries.requests_of(session, person),
            new_address=queries.waiting_address(session, person, now()),
            rules=read_retention(settings().retention_file),
            rights=RIGHTS,
        )


@blueprint.route("/account/details", methods=["GET", "POST"])
@signed_in_only
def edit_details() -> Page:
    """Correct one's own name and language."""
    person_id = signed_in().person.id or 0
    with reading() as session:
        person = queries.person_with_id(session, person_id)
        form = details_of(person, queries.group_ids_of(session, person))
    if not form.validate_on_submit():
        return render_template("personal_data/edit_details.html", form=form), 400 if form.errors else 200
    with attempt(form) as tried, transaction() as session:
        row = queries.person_with_id(session, person_id)
        given = actions.Correction(form.name.data, form.language.data, form.seen.data)
        actions.correct(session, row, given, settings=settings(), now=now())
    return _done(form, tried.status, tried.is_done, "edit_details", _("That is saved."))


@blueprint.route("/account/address", methods=["GET", "POST"])
@signed_in_only
def new_address() -> Page:
    """Give a new address: letters to it and to the old one follow."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("personal_data/new_address.html", form=form), 400 if form.errors else 200
    person_id = signed_in().person.id or 0
    with attempt(form) as tried, transaction() as session:
        count_try(session, "new address", str(person_id), most=ADDRESS_TRIES, window=TRY_WINDOW, now=now())
        row = queries.person_with_id(session, person_id)
        give_address(session, row, form.email.data, settings=settings(), now=now())
    said = _("A letter went to that address. Open the link in it: until then your old address stays.")
    return _done(form, tried.status, tried.is_done, "new_address", said)


@blueprint.route("/new-address/<token>", methods=["GET", "POST"])
@public
def confirm_new_address(token: str) -> Page:
    """A button on GET, because mail scanners open links; POST puts the address in force."""
    form = BaseForm()
    with reading() as session:
        change = waiting_change(session, token, now())
        address = change.new_address
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            confirm_address(session, token, settings=settings(), now=now())
        if tried.is_done:
            flash(_("From now on letters go to that address, and you sign in with it."))
            return redirect("/", 303)
        return render_template(
            "personal_data/confirm_new_address.html", form=form, address=address
        ), tried.status
    return render_template("personal_data/confirm_new_address.html", form=form, address=address)


@blueprint.route("/account/rights", methods=["GET", "POST"])
@signed_in_only
def ask_for_right() -> Page:
    """Ask for restriction or erasure, or object; a coordinator answers within a month."""
    form = RightForm()
    if not form.validate_on_submit():
        return render_template("personal_data/ask_for_right.html", form=form), 400 if form.errors else 200
    with attempt(form) as tried, transaction() as session:
        row = queries.person_with_id(session, signed_in().person.id or 0)
        actions.ask(session, row, Right(form.kind.data), words=form.words.data, now=now())
    return _done(
        form, tried.status, tried.is_done, "ask_for_right", _("We have it, and answer within a month.")
    )


def _done(form: BaseForm, status: int, is_done: bool, page: str, said: str) -> Page:
    if not is_done:
        return render_template(f"personal_data/{page}.html", form=form), status
    flash(said)
    return redirect(url_for("personal_data.own_page"), 303)
