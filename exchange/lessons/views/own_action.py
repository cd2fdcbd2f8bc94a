"""The two-minute update: what the owner says of an action, by the link of a letter or signed in.

Whether they may, the policy is asked at the moment of use, as they stand then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.standings import standing_of
from exchange.errors import NotFound
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.progress import Decider, check_saved
from exchange.lessons import action_changes
from exchange.lessons.action_changes import followed_action
from exchange.lessons.action_forms import UpdateForm, typed_update
from exchange.lessons.views.blueprint import Page, action_for, blueprint
from exchange.models import ActionState
from exchange.rules.access.policy import Right
from exchange.web.access.link_access import ELSEWHERE, ClosedLink, let_in, opened_link
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.request_context import acting, now, reading, transaction
from exchange.web.presentation.refusals import Attempt, attempt


@dataclass(frozen=True)
class Way:
    """How an owner came: what finds their action, the page's address, and where it leads afterwards."""

    action: Callable[[Session], FollowedAction]
    here: str
    leads_to: str
    is_signed_in: bool = False


@blueprint.route("/action/<token>", methods=["GET", "POST"])
@public
def own_action(token: str) -> Page:
    """Say how an action stands, by the link of a letter."""
    here = url_for("lessons.own_action", token=token)
    return _update(Way(partial(_by_link, token=token), here, here))


@blueprint.route("/actions/<int:action_id>/update", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def update_action(action_id: int) -> Page:
    """The same, signed in."""
    find = partial(action_for, action_id=action_id, right=Right.WRITE)
    here = url_for("lessons.update_action", action_id=action_id)
    return _update(Way(find, here, url_for("lessons.show_action", action_id=action_id), is_signed_in=True))


def _update(way: Way) -> Page:
    with reading() as session:
        found = way.action(session)
    form = UpdateForm(data=typed_update(found.action))
    form.offer()
    tried, is_open = Attempt(form), found.action.state != ActionState.VERIFIED
    if is_open and form.validate_on_submit():
        tried = _saved(way, form)
        if tried.is_done:
            flash(_("Thank you: it is saved how this stands."))
            return redirect(way.leads_to, 303)
    page = render_template("lessons/update_action.html", way=way, form=form, followed=found, is_open=is_open)
    return page, tried.status


def _saved(way: Way, form: UpdateForm) -> Attempt:
    with attempt(form) as tried, transaction() as session:
        found = way.action(session)
        check_saved(found.action, form.opened_version)
        action_changes.update_action(session, found, form.draft(), by=Decider(acting(), now()))
    return tried


def _by_link(session: Session, token: str) -> FollowedAction:
    """The action that a link stands for. Raises ClosedLink, SignInNeeded."""
    link = opened_link(session, token, now())
    if link.action_id is None:
        raise ClosedLink(ELSEWHERE)
    try:
        found = followed_action(session, link.action_id, Decider(link.person, now()))
    except NotFound as error:
        raise ClosedLink(ELSEWHERE) from error
    let_in(link, standing_of(session, link.person, now()), Right.WRITE, found.thing)
    return found
