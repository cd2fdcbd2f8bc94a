"""Calendars for programs, and the page where people find their addresses."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.errors import NotFound
from exchange.feeds.addresses import replace_address
from exchange.feeds.answers import answer
from exchange.feeds.forms import ReplaceForm
from exchange.feeds.lines import lines_for
from exchange.feeds.queries import feed_name
from exchange.feeds.served import feed_at
from exchange.feeds.served import network_feed as served_network_feed
from exchange.models import Feed, FeedKind
from exchange.web.permissions import Permission, anonymous, requires
from exchange.web.request import now, reading, settings, signed_in, transaction

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feeds/network.ics")
@anonymous
def network_feed() -> Response:
    """The public calendar."""
    with reading() as session:
        feed = served_network_feed(session)
    if feed is None:
        raise NotFound("There is no such calendar.")
    return answer(feed, settings())


@blueprint.get("/feeds/<token>.ics")
@anonymous
def private_feed(token: str) -> Response:
    """A city's or group's calendar; the token is the proof."""
    with reading() as session:
        feed = feed_at(session, token)
    if feed is None:
        raise NotFound("There is no such calendar.")
    return answer(feed, settings())


@blueprint.get("/feeds")
@requires(Permission.SEE_PROGRAMME)
def feeds() -> str:
    """The addresses a reader may subscribe to, and how."""
    with reading() as session:
        lines = lines_for(session, signed_in(), settings())
    return render_template("feeds/feeds.html", lines=lines)


@blueprint.route("/feeds/<int:feed_id>/replace", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def replace_feed_address(feed_id: int) -> str | tuple[str, int] | AnyResponse:
    """Say what will happen, then revoke the address and make the next one."""
    form = ReplaceForm()
    if form.validate_on_submit():
        with transaction() as session:
            feed = _private_feed(session, feed_id)
            replace_address(
                session,
                feed,
                actor=signed_in().person,
                settings=settings(),
                now=now(),
                reason=form.reason.data,
            )
            name = feed_name(feed)
        flash(_("The calendar of %(name)s has a new address. The old one has stopped.", name=name))
        return redirect(url_for("feeds.feeds"), 303)
    with reading() as session:
        name = feed_name(_private_feed(session, feed_id))
    return render_template(
        "feeds/replace_feed_address.html", form=form, name=name
    ), 400 if form.errors else 200


def _private_feed(session: Session, feed_id: int) -> Feed:
    feed = session.get(Feed, feed_id)
    if feed is None or feed.kind == FeedKind.NETWORK:
        raise NotFound("There is no such private calendar.")
    return feed
