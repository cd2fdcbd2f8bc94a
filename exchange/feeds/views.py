"""The pages where people find the addresses of feeds and change them. door.py hands out the feeds."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.errors import NotFound
from exchange.feeds.addresses import current_address, replace_address, revoke_address
from exchange.feeds.forms import ReasonForm
from exchange.feeds.lines import lines_for
from exchange.feeds.queries import feed_name
from exchange.models import Feed, FeedKind
from exchange.web.permissions import Permission, requires
from exchange.web.request import now, reading, settings, signed_in, transaction

blueprint = Blueprint("feeds", __name__)

Page = tuple[str, int] | AnyResponse


@blueprint.get("/feeds")
@requires(Permission.SEE_PROGRAMME)
def feeds() -> str:
    """The addresses a reader may subscribe to, and how."""
    with reading() as session:
        lines = lines_for(session, signed_in(), settings(), now())
    return render_template("feeds/feeds.html", lines=lines)


@blueprint.route("/feeds/<int:feed_id>/replace", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def replace_feed_address(feed_id: int) -> Page:
    """Say what will happen, then revoke the address if there is one and make the next."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _asked("feeds/replace_feed_address.html", form, feed_id)
    with transaction() as session:
        feed = _private_feed(session, feed_id)
        actor, reason = signed_in().person, form.reason.data
        replace_address(session, feed, actor=actor, settings=settings(), now=now(), reason=reason)
        name = feed_name(feed)
    flash(_("The calendar of %(name)s has a new address. Any older one has stopped.", name=name))
    return redirect(url_for("feeds.feeds"), 303)


@blueprint.route("/feeds/<int:feed_id>/revoke", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def revoke_feed_address(feed_id: int) -> Page:
    """Say what will happen, then stop the calendar until somebody makes it a new address."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _asked("feeds/revoke_feed_address.html", form, feed_id)
    with transaction() as session:
        feed = _private_feed(session, feed_id)
        revoke_address(session, feed, actor=signed_in().person, now=now(), reason=form.reason.data)
        name = feed_name(feed)
    flash(_("The calendar of %(name)s has stopped and has no address now.", name=name))
    return redirect(url_for("feeds.feeds"), 303)


def _asked(template: str, form: ReasonForm, feed_id: int) -> Page:
    with reading() as session:
        feed = _private_feed(session, feed_id)
        name, has_address = feed_name(feed), current_address(settings(), feed) is not None
    page = render_template(template, form=form, name=name, has_address=has_address)
    return page, 400 if form.errors else 200


def _private_feed(session: Session, feed_id: int) -> Feed:
    feed = session.get(Feed, feed_id)
    if feed is None or feed.kind == FeedKind.NETWORK:
        raise NotFound("There is no such private calendar.")
    return feed
