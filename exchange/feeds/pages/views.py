"""The pages where people find the addresses of feeds and change them. middleware.py hands out the feeds."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.errors import Forbidden, InvalidInput, NotFound
from exchange.feeds.content.feed_owners import feed_name
from exchange.feeds.content.subscriber_filters import read_filter
from exchange.feeds.pages.feed_page import feed_page
from exchange.feeds.pages.forms import OwnFeedForm, ReasonForm
from exchange.feeds.pages.queries import answers_for_city, is_for, lines_for, may_change
from exchange.feeds.subscriptions.personal_feeds import (
    busy_feed,
    make_busy_feed,
    make_own_feed,
    own_feed,
)
from exchange.feeds.subscriptions.secret_addresses import (
    current_address,
    replace_address,
    revoke_address,
)
from exchange.feeds.subscriptions.unseen_changes import UnseenChange, coming_items, unseen_changes
from exchange.models import Feed, FeedKind
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.presentation.paging import asked_page, asked_search

blueprint = Blueprint("feeds", __name__)

Page = tuple[str, int] | AnyResponse


@blueprint.get("/feeds")
@requires(Permission.SEE_PROGRAMME)
def feeds() -> str:
    """The addresses a reader may subscribe to, and how."""
    reader, search = signed_in(), asked_search()
    with reading() as session:
        return render_template(
            "feeds/feeds.html",
            page=lines_for(session, reader, settings(), now(), search=search, page=asked_page()),
            search=search,
            has_own=own_feed(session, reader.person) is not None,
            may_make_busy=answers_for_city(reader) and busy_feed(session, reader.person.city) is None,
            city=reader.person.city.name,
            unseen=_unseen_by_own_city(session),
        )


@blueprint.get("/feeds/<int:feed_id>")
@requires(Permission.SEE_PROGRAMME)
def show_feed(feed_id: int) -> str:
    """What a feed holds, from the query that the feed is made from, and its address with a filter."""
    wanted = read_filter(request.args.getlist("kind"), request.args.getlist("theme"))
    with reading() as session:
        feed = _feed_for_reader(session, feed_id)
        page = feed_page(session, feed, wanted, settings=settings(), now=now())
        return render_template(
            "feeds/show_feed.html", page=page, wanted=wanted, may_change=may_change(feed, signed_in())
        )


@blueprint.route("/feeds/mine", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def own_calendar() -> Page:
    """A person's own calendar: what they take part in, in their language, with alarms if they like."""
    form, person = OwnFeedForm(), signed_in().person
    if request.method == "GET":
        with reading() as session:
            form.show(own_feed(session, person), person.language)
    elif form.validate_on_submit():
        try:
            with transaction() as session:
                feed = make_own_feed(session, person, form.wishes, settings=settings(), now=now())
                feed_id = feed.id
        except InvalidInput as error:
            form.add_error(error)
        else:
            flash(_("Your calendar is set up. It is filled within a minute."))
            return redirect(url_for("feeds.show_feed", feed_id=feed_id), 303)
    return render_template("feeds/own_calendar.html", form=form), 400 if form.errors else 200


@blueprint.post("/feeds/busy")
@requires(Permission.ANSWER)
def make_busy_calendar() -> Page:
    """Let others see when the reader's city is busy, and nothing else."""
    reader = signed_in()
    if not answers_for_city(reader):
        raise Forbidden("Your role does not include this page. Ask the network coordinator.")
    with transaction() as session:
        feed = make_busy_feed(
            session, reader.person.city, actor=reader.person, settings=settings(), now=now()
        )
        feed_id = feed.id
    flash(_("The calendar of busy times is made. It is filled within a minute."))
    return redirect(url_for("feeds.show_feed", feed_id=feed_id), 303)


@blueprint.route("/feeds/<int:feed_id>/replace", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def replace_feed_address(feed_id: int) -> Page:
    """Say what will happen, then revoke the address if there is one and make the next."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _asked("feeds/replace_feed_address.html", form, feed_id)
    with transaction() as session:
        feed = _feed_to_change(session, feed_id)
        actor, reason = signed_in().person, form.reason.data
        replace_address(session, feed, actor=actor, settings=settings(), now=now(), reason=reason)
        name = feed_name(feed)
    flash(_("The calendar of %(name)s has a new address. Any older one has stopped.", name=name))
    return redirect(url_for("feeds.feeds"), 303)


@blueprint.route("/feeds/<int:feed_id>/revoke", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def revoke_feed_address(feed_id: int) -> Page:
    """Say what will happen, then stop the calendar until somebody makes it a new address."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _asked("feeds/revoke_feed_address.html", form, feed_id)
    with transaction() as session:
        feed = _feed_to_change(session, feed_id)
        revoke_address(session, feed, actor=signed_in().person, now=now(), reason=form.reason.data)
        name = feed_name(feed)
    flash(_("The calendar of %(name)s has stopped and has no address now.", name=name))
    return redirect(url_for("feeds.feeds"), 303)


def _asked(template: str, form: ReasonForm, feed_id: int) -> Page:
    with reading() as session:
        feed = _feed_to_change(session, feed_id)
        name, has_address = feed_name(feed), current_address(settings(), feed) is not None
    page = render_template(template, form=form, name=name, has_address=has_address)
    return page, 400 if form.errors else 200


def _unseen_by_own_city(session: Session) -> list[UnseenChange]:
    """For who answers for a city: what it must come to and has not fetched as it is now."""
    reader = signed_in()
    if not answers_for_city(reader):
        return []
    return unseen_changes(session, coming_items(session, now()), now(), city_id=reader.person.city_id)


def _feed_for_reader(session: Session, feed_id: int) -> Feed:
    feed = session.get(Feed, feed_id)
    if feed is None or not is_for(feed, signed_in()):
        raise NotFound("There is no such calendar.")
    return feed


def _feed_to_change(session: Session, feed_id: int) -> Feed:
    """A private feed whose address the reader may change; what they may not know of is not there for them."""
    feed = session.get(Feed, feed_id)
    if feed is None or feed.kind == FeedKind.NETWORK:
        raise NotFound("There is no such private calendar.")
    if not may_change(feed, signed_in()):
        if not is_for(feed, signed_in()):
            raise NotFound("There is no such private calendar.")
        raise Forbidden("Your role does not include this page. Ask the network coordinator.")
    return feed
