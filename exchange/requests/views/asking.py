"""The public forms, one of each kind, and the page that says what follows."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from sqlmodel import Session

from exchange.duties.own_requests import own_requests
from exchange.errors import NotFound
from exchange.models import NetworkRequest
from exchange.products.library import library_whole
from exchange.requests import actions
from exchange.requests.forms import AskForm
from exchange.requests.views.blueprint import Page, blueprint, by
from exchange.requests.words import KINDS, LEADS, SLUGS, STATES
from exchange.rules.duties.request_rules import RequestKind
from exchange.web.access.permissions import public
from exchange.web.access.rate_limits import count_try, network_of
from exchange.web.access.request_context import now, reading, standing, transaction, viewer
from exchange.web.presentation.refusals import Attempt, attempt

ASKED_MOST, SPAN = 10, timedelta(hours=1)  # of one network


@blueprint.get("/ask")
@public
def forms() -> str:
    """What can be asked for; and what a signed-in reader asked for."""
    reader = viewer()
    with reading() as session:
        mine = own_requests(session, reader.person.id or 0) if reader else []
    return render_template(
        "requests/forms.html", kinds=KINDS, leads=LEADS, slugs=SLUGS, mine=mine, states=STATES
    )


@blueprint.route("/ask/<slug>", methods=["GET", "POST"])
@public
def ask(slug: str) -> Page:
    """The form of one kind."""
    kind = SLUGS.get(slug)
    if kind is None:
        raise NotFound("There is no such form.")
    form = _form(kind)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            made = _kept(session, form, kind)
            day = made.due_on.isoformat()
        if tried.is_done:
            return redirect(url_for("requests.sent", slug=slug, day=day), 303)
    return render_template(
        "requests/ask.html", form=form, kind=KINDS[kind], lead=LEADS[kind], is_data=kind is RequestKind.DATA
    ), tried.status


@blueprint.get("/ask/<slug>/sent")
@public
def sent(slug: str) -> Page:
    """By when it is answered, and that a letter has the link: the same words to whoever asked."""
    kind = SLUGS.get(slug)
    if kind is None:
        raise NotFound("There is no such form.")
    return render_template(
        "requests/sent.html",
        kind=KINDS[kind],
        day=request.args.get("day", type=date.fromisoformat),
        is_signed_in=viewer() is not None,
    )


def _kept(session: Session, form: AskForm, kind: RequestKind) -> NetworkRequest:
    network = network_of(request.remote_addr)
    count_try(session, "request by network", network, most=ASKED_MOST, window=SPAN, now=now())
    return actions.ask(session, form.asked(kind), by())


def _form(kind: RequestKind) -> AskForm:
    """Filled for who is signed in, whose name and address are their own whatever is typed."""
    reader = viewer()
    form = AskForm()
    if reader:
        form.name.data, form.email.data = reader.person.name, reader.person.email
    with reading() as session:
        form.offer(kind, library_whole(session, standing()))
    return form
