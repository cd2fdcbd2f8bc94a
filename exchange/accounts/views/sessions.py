"""The list of one's own sessions, and ending them."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exchange.accounts import actions, queries
from exchange.accounts.provider_actions import accounts_of
from exchange.accounts.user_agents import browser_of
from exchange.accounts.views.blueprint import blueprint
from exchange.web.access.permissions import signed_in_only
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction


@blueprint.get("/account/sessions")
@signed_in_only
def sessions() -> str:
    """Where the reader is signed in."""
    with reading() as session:
        found = queries.open_sessions(session, signed_in().person, settings(), now())
        return render_template(
            "accounts/sessions.html",
            sessions=found,
            present_id=signed_in().session_id,
            browser_of=browser_of,
            accounts=accounts_of(session, signed_in().person),
        )


@blueprint.post("/account/sessions/<int:session_id>/end")
@signed_in_only
def end_session(session_id: int) -> Response:
    """End one session of the reader's own."""
    with transaction() as session:
        actions.end_session(session, session_id, actor=signed_in().person, now=now())
    flash(_("That session has ended."))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/sessions/end-others")
@signed_in_only
def end_other_sessions() -> Response:
    """End all sessions of the reader's own but this one."""
    reader = signed_in()
    with transaction() as session:
        ended = actions.end_other_sessions(
            session, actor=reader.person, keep=reader.session_id, settings=settings(), now=now()
        )
    flash(ngettext("%(num)d other session has ended.", "%(num)d other sessions have ended.", ended))
    return redirect(url_for("accounts.sessions"), 303)
