"""For who answers: the list of requests, one with its history, and the deeds on it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from exchange.access.request_things import has_originator, thing_of_request
from exchange.errors import Forbidden
from exchange.models import NetworkRequest, Product
from exchange.network.queries import person_with_id
from exchange.products.library import library_whole
from exchange.requests import decisions, queries
from exchange.requests.forms import (
    AnswerForm,
    AssignForm,
    DocumentForm,
    ExtendForm,
    RefuseForm,
    ReleaseForm,
    RevokeForm,
)
from exchange.requests.letters import By
from exchange.requests.views.blueprint import Page, blueprint, by
from exchange.requests.words import DEEDS, KINDS, STATES
from exchange.rules.access.policy import Right
from exchange.rules.duties.request_rules import RequestKind
from exchange.web.access.permissions import Permission, requires, signed_in_only
from exchange.web.access.request_context import allowed, now, reading, standing, today, transaction
from exchange.web.presentation.form_fields import VersionedForm, choices
from exchange.web.presentation.paging import asked_page
from exchange.web.presentation.refusals import Attempt, attempt

SAID = {
    "assign": _l("It is assigned."),
    "document": _l("Saved. Whoever wrote it, or leads its city, decides."),
    "extend": _l("The letter with the later day goes out."),
    "answer": _l("Answered: the letter goes out."),
    "refuse": _l("Refused: the letter goes out."),
    "release": _l("Released: the letter with the link goes out."),
    "revoke": _l("The release has ended."),
}
_FORMS: dict[str, type[VersionedForm]] = {
    "assign": AssignForm,
    "document": DocumentForm,
    "extend": ExtendForm,
    "answer": AnswerForm,
    "refuse": RefuseForm,
    "release": ReleaseForm,
    "revoke": RevokeForm,
}


@blueprint.get("/requests")
@requires(Permission.PLAN_PROGRAMME)
def requests() -> str:
    """Those that were confirmed, by day; open, late, ended, of a kind."""
    which = request.args.get("which", queries.OPEN)
    which = which if which in queries.WHICH else queries.OPEN
    kind = request.args.get("kind", "")
    kind = kind if kind in set(RequestKind) else ""
    year = today().year
    with reading() as session:
        found = queries.requests_page(session, which, kind, asked_page(), today=today())
        figures = queries.figures_of(session, today().replace(month=1, day=1), today())
        late = {one.id for one in found.rows if queries.is_late(one, now())}
    return render_template(
        "requests/requests.html",
        found=found,
        late=late,
        which=which,
        kind=kind,
        kinds=KINDS,
        states=STATES,
        figures=figures,
        year=year,
    )


@blueprint.route("/requests/<int:request_id>", methods=["GET", "POST"])
@signed_in_only
def show_request(request_id: int) -> Page:
    """One request; a POST names its deed."""
    deed = request.form.get("do", "") if request.method == "POST" else ""
    with reading() as session:
        asked = queries.request_for(session, standing(), request_id, Right.READ)
        forms = _forms(session, asked)
        known = queries.person_with_address(session, asked.email) if allowed_to_change(asked) else None
    pressed = forms.get(deed)
    if deed and pressed is None:
        raise Forbidden("Somebody else decides about this request.")
    tried = Attempt(pressed or VersionedForm())
    if pressed is not None and pressed.validate_on_submit():
        with attempt(pressed) as tried, transaction() as session:
            row = queries.request_for(session, standing(), request_id, Right.READ)
            take = decisions.claim_released if deed == "revoke" else decisions.claim
            take(session, row, pressed.opened_version)
            _ACTS[deed](session, row, pressed, by())
        if tried.is_done:
            flash(str(SAID[deed]))
            return redirect(url_for("requests.show_request", request_id=request_id), 303)
    return render_template(
        "requests/request.html",
        asked=asked,
        forms=forms,
        pressed=pressed,
        known=known,
        is_late=queries.is_late(asked, now()),
        kinds=KINDS,
        states=STATES,
        deeds=DEEDS,
    ), tried.status


def allowed_to_change(asked: NetworkRequest) -> bool:
    """Whether the reader plans."""
    return allowed(Right.CHANGE, thing_of_request(asked))


def _forms(session: Session, asked: NetworkRequest) -> dict[str, VersionedForm]:
    """Those of the deeds that the reader may do now; each is filled by what was sent, and one is asked."""
    names = [name for name in _FORMS if name in _deeds(asked)]
    forms = {name: _FORMS[name](prefix=f"{name}-", data={"version": asked.version}) for name in names}
    if "assign" in forms:
        forms["assign"]["person"].choices = choices(_coordinators(session))
    if "document" in forms:
        out = library_whole(session, standing())
        forms["document"]["document"].choices = choices((one.product_id, one.title) for one in out)
    return forms


def _deeds(asked: NetworkRequest) -> frozenset[str]:
    thing, is_report = thing_of_request(asked), asked.kind == RequestKind.REPORT
    plans = allowed(Right.CHANGE, thing)
    decides = allowed(Right.WRITE, thing) if is_report and has_originator(asked) else plans
    if asked.decided_at is not None:
        is_released = asked.release_digest is not None and asked.revoked_at is None
        return frozenset({"revoke"} if decides and is_released else ())
    found = {"assign", "extend"} if plans else set()
    if plans and is_report:
        found.add("document")
    if decides:
        found |= {"refuse", "release" if is_report else "answer"}
    return frozenset(found)


def _coordinators(session: Session) -> list[tuple[int, str]]:
    return [(one.id or 0, one.name) for one in queries.coordinators(session)]


def _assign(session: Session, asked: NetworkRequest, form: VersionedForm, who: By) -> None:
    decisions.assign(session, asked, person_with_id(session, form["person"].data), who)


def _name_document(session: Session, asked: NetworkRequest, form: VersionedForm, who: By) -> None:
    decisions.name_document(session, asked, session.get_one(Product, form["document"].data), who)


_Act = Callable[[Session, NetworkRequest, VersionedForm, By], None]
_ACTS: dict[str, _Act] = {
    "assign": _assign,
    "document": _name_document,
    "extend": lambda session, asked, form, who: decisions.extend(
        session, asked, form["due_on"].data, form["reason"].data, who
    ),
    "answer": lambda session, asked, form, who: decisions.answer(session, asked, form["outcome"].data, who),
    "refuse": lambda session, asked, form, who: decisions.refuse(session, asked, form["why_not"].data, who),
    "release": lambda session, asked, form, who: decisions.release(
        session, asked, form["reason"].data, is_explicit=form["is_explicit"].data, by=who
    ),
    "revoke": lambda session, asked, form, who: decisions.revoke(session, asked, form["reason"].data, who),
}
