"""What is done with one action besides its owner's word: verified by another, opened again."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.errors import Conflict
from exchange.follow_up.followed import FollowedAction
from exchange.lessons import action_changes
from exchange.lessons.action_changes import claim_action
from exchange.lessons.views.blueprint import Page, action_for, blueprint, decider
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import attempt


@blueprint.post("/actions/<int:action_id>/verify")
@requires(Permission.SEE_PROGRAMME)
def verify_action(action_id: int) -> Page:
    """Somebody else than the owner has looked at what shows it."""

    def verify(session: Session, found: FollowedAction) -> None:
        action_changes.verify_action(session, found, by=decider())

    return _changed(action_id, Right.REVIEW, verify, said=_("It is verified."))


@blueprint.post("/actions/<int:action_id>/reopen")
@requires(Permission.PLAN_PROGRAMME)
def reopen_action(action_id: int) -> Page:
    """What was done, verified or declined is owed again."""

    def reopen(session: Session, found: FollowedAction) -> None:
        action_changes.reopen_action(session, found, by=decider())

    return _changed(action_id, Right.CHANGE, reopen, said=_("It is open again."))


def _changed(
    action_id: int, right: Right, change: Callable[[Session, FollowedAction], None], *, said: str
) -> Page:
    form = VersionedForm()
    with reading() as session:
        action_for(session, action_id, right)
    with attempt(form) as tried, transaction() as session:
        change(session, claim_action(session, action_id, version=form.opened_version, by=decider()))
    if tried.error is not None:
        raise Conflict(tried.error.template, **tried.error.values)
    flash(said)
    return redirect(url_for("lessons.show_action", action_id=action_id), 303)
