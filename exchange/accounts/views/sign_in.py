"""Pages to sign in and out, and the list of one's own sessions."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.accounts import actions, queries
from exchange.accounts.browsers import browser_of
from exchange.accounts.forms import SignInForm, local_path
from exchange.web.limits import count_try
from exchange.web.permissions import Permission, public, requires
from exchange.web.request import now, reading, settings, signed_in, transaction, viewer
from exchange.web.sessions import COOKIE_KEY

TRY_WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 5  # letters one mailbox may be sent in a window by whoever types its address
TRIES_PER_IP = 30  # a town hall's people may share one

Page = str | tuple[str, int] | Response

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Ask for a link by letter; the answer is the same whoever's address it is."""
    leads_to = local_path(request.values.get("next"))
    if viewer() is not None:
        return redirect(leads_to, 303)
    form = SignInForm(next=leads_to)
    if form.validate_on_submit():
        with transaction() as session:
            _limit_tries(session, form.email.data)
            actions.send_sign_in_link(
                session, form.email.data, leads_to=leads_to, settings=settings(), now=now()
            )
        return redirect(url_for("accounts.link_sent"), 303)
    return render_template("accounts/sign_in.html", form=form), 400 if form.errors else 200


@blueprint.get("/sign-in/sent")
@public
def link_sent() -> str:
    """What happens next."""
    return render_template("accounts/link_sent.html")


@blueprint.route("/sign-in/<token>", methods=["GET", "POST"])
@public
def use_link(token: str) -> Page:
    """A button on GET, because mail scanners open links; POST signs in."""
    if request.method == "POST":
        return _sign_in_with(token)
    with reading() as session:
        if queries.usable_link(session, token, now()) is None:
            return _spent()
    return render_template("accounts/use_link.html")


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's session; a visitor is only sent home."""
    with transaction() as session:
        _end_present_session(session)
    cookie.clear()
    flash(_("You are signed out."))
    return redirect("/", 303)


@blueprint.get("/account/sessions")
@requires(Permission.SEE_PROGRAMME)
def sessions() -> str:
    """Where the reader is signed in."""
    with reading() as session:
        found = queries.open_sessions(session, signed_in().person, now())
        return render_template(
            "accounts/sessions.html", sessions=found, present_id=signed_in().session_id, browser_of=browser_of
        )


@blueprint.post("/account/sessions/<int:session_id>/end")
@requires(Permission.SEE_PROGRAMME)
def end_session(session_id: int) -> Response:
    """End one session of the reader's own."""
    with transaction() as session:
        actions.end_session(session, session_id, actor=signed_in().person, now=now())
    flash(_("That session has ended."))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/sessions/end-others")
@requires(Permission.SEE_PROGRAMME)
def end_other_sessions() -> Response:
    """End all sessions of the reader's own but this one."""
    reader = signed_in()
    with transaction() as session:
        ended = actions.end_other_sessions(session, actor=reader.person, keep=reader.session_id, now=now())
    flash(ngettext("%(num)d other session has ended.", "%(num)d other sessions have ended.", ended))
    return redirect(url_for("accounts.sessions"), 303)


def _limit_tries(session: Session, email: str) -> None:
    ip = request.remote_addr or ""
    count_try(session, "sign-in by IP", ip, most=TRIES_PER_IP, window=TRY_WINDOW, now=now())
    count_try(
        session, "sign-in", queries.as_kept(email), most=TRIES_PER_ADDRESS, window=TRY_WINDOW, now=now()
    )


def _sign_in_with(token: str) -> Page:
    try:
        with transaction() as session:
            _end_present_session(session)
            session_token = actions.sign_in(
                session, token, browser=request.user_agent.string, settings=settings(), now=now()
            )
    except actions.SpentLink:
        return _spent()
    # Emptied first: what the browser brought from before the sign-in means nothing after it.
    cookie.clear()
    cookie[COOKIE_KEY] = session_token
    return redirect(local_path(request.args.get("next")), 303)


def _end_present_session(session: Session) -> None:
    reader = viewer()
    if reader is not None:
        actions.sign_out(session, reader.session_id, actor=reader.person, now=now())


def _spent() -> tuple[str, int]:
    return render_template("accounts/spent_link.html"), 410
