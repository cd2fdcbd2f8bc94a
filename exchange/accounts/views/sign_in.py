"""Pages to sign in and out."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.accounts import actions, queries
from exchange.accounts.forms import SignInForm, local_path
from exchange.accounts.views.blueprint import Page, blueprint, take_token
from exchange.audit.sign_ins import record_refused_sign_in
from exchange.web.access.arrivals import arriving_at
from exchange.web.access.guard import EnrolmentNeeded, SignInNeeded, halfway, left_behind, present
from exchange.web.access.permissions import public
from exchange.web.access.rate_limits import TooManyTries, count_try, mailbox_of, network_of
from exchange.web.access.request_context import note_guess, now, reading, settings, transaction, viewer
from exchange.web.http.kept_forms import FIELD, kept_for, page_kept, page_of_form
from exchange.web.presentation.date_formats import sentence

TRY_WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 5  # links that one network may ask for at one address in a window
TRIES_PER_NETWORK = 30  # a town hall's people may share one
DAY = timedelta(days=1)
LETTERS_PER_DAY = 30  # letters one mailbox may be sent by whoever types its address, from wherever


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Ask for a link by letter; the answer is the same whoever's address it is, and as fast."""
    leads_to = local_path(request.values.get("next"))
    if viewer() is not None:
        return redirect(leads_to, 303)
    form = SignInForm(next=leads_to)
    if form.validate_on_submit():
        _ask_for_link(form.email.data, leads_to)
        if page_kept(form.kept.data or ""):
            return _sent(form.kept.data)
        return redirect(url_for("accounts.link_sent"), 303)
    return render_template("accounts/sign_in.html", form=form), 400 if form.errors else 200


@blueprint.get("/sign-in/sent")
@public
def link_sent() -> str:
    """What happens next."""
    return _sent("")


@blueprint.route("/sign-in/<token>", methods=["GET", "POST"])
@public
def use_link(token: str) -> Page:
    """A button on GET, because mail scanners open links; POST signs in."""
    if request.method == "POST":
        return _sign_in_with(token)
    with reading() as session:
        if queries.usable_link(session, token, now()) is None:
            return _spent(session, token)
    return render_template("accounts/use_link.html")


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's session; a visitor is only sent home."""
    with transaction() as session:
        end_present_session(session)
    cookie.clear()
    flash(_("You are signed out."))
    return redirect("/", 303)


@blueprint.app_errorhandler(SignInNeeded)
def to_sign_in(error: SignInNeeded) -> Page:
    """The sign-in page on the way to a closed one; what was typed goes along, for whoever typed it."""
    if request.method in ("GET", "HEAD"):
        way = "accounts.second_step" if halfway() else "accounts.sign_in"
        return redirect(url_for(way, next=request.full_path.rstrip("?")), 303)
    left = left_behind() or halfway()
    kept = kept_for(left.person) if left else request.form.get(FIELD, "")
    form = SignInForm(formdata=None, next=local_path(page_of_form()), kept=kept)
    said = _("You were signed out while you were writing.") if left else sentence(error)
    return render_template("accounts/sign_in.html", form=form, said=said), 403


@blueprint.app_errorhandler(EnrolmentNeeded)
def to_enrolment(_error: EnrolmentNeeded) -> Response:
    """Nothing else opens until a second factor is set up."""
    return redirect(url_for("accounts.factors"), 303)


def _ask_for_link(typed: str, leads_to: str) -> None:
    try:
        with transaction() as session:
            _limit_tries(session, typed)
            actions.ask_for_link(session, typed, leads_to=leads_to, now=now())
    except TooManyTries:
        with transaction() as session:
            record_refused_sign_in(session, why="too many tries", now=now())
        raise


def _limit_tries(session: Session, typed: str) -> None:
    network, mailbox = network_of(request.remote_addr), mailbox_of(queries.as_kept(typed))
    count_try(session, "sign-in by network", network, most=TRIES_PER_NETWORK, window=TRY_WINDOW, now=now())
    # Counted per asking network: nobody uses up the tries of a mailbox's owner.
    asked = f"{mailbox} from {network}"
    count_try(session, "sign-in", asked, most=TRIES_PER_ADDRESS, window=TRY_WINDOW, now=now())
    try:
        count_try(session, "sign-in letters", mailbox, most=LETTERS_PER_DAY, window=DAY, now=now())
    except TooManyTries:
        # Then one more whenever the last one's link is over, whoever asks: the mailbox's owner has a link
        # that opens, or may ask for one, at every moment.
        window = timedelta(minutes=settings().sign_in_minutes)
        count_try(session, "sign-in letters beyond", mailbox, most=1, window=window, now=now())


def _sign_in_with(token: str) -> Page:
    try:
        with transaction() as session:
            end_present_session(session)
            opened = actions.sign_in(
                session, token, browser=request.user_agent.string, settings=settings(), now=now()
            )
    except actions.SpentLink:
        with transaction() as session:
            actions.note_spent_link(session, token, now())
            return _spent(session, token)
    # Emptied first: what the browser brought from before the sign-in means nothing after it.
    cookie.clear()
    take_token(opened.token)
    leads_to = local_path(request.args.get("next"))
    if opened.awaits_factor:
        return redirect(url_for("accounts.second_step", next=leads_to), 303)
    return redirect(arriving_at(leads_to), 303)


def end_present_session(session: Session) -> None:
    """End the session that this browser has, whatever it opens; nothing for a visitor."""
    reader = present()
    if reader is not None:
        actions.sign_out(session, reader.session_id, actor=reader.person, now=now())


def _sent(kept: str) -> str:
    return render_template("accounts/link_sent.html", kept=kept, page=page_kept(kept))


def _spent(session: Session, token: str) -> tuple[str, int]:
    if not queries.is_known_link(session, token):
        note_guess()
    return render_template("accounts/spent_link.html"), 410
