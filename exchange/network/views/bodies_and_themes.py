"""Pages of expert groups, boards, organisations and themes."""

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from exchange.models import Board, ExpertGroup, Organisation, Theme
from exchange.network import queries
from exchange.network.actions.bodies_and_themes import NOUNS, add_entry
from exchange.network.actions.bodies_and_themes import edit_entry as save_entry
from exchange.network.bodies import bodies_found
from exchange.network.drafts import Entry
from exchange.network.forms.bodies_and_themes import FORMS, SeatForm, form_of_entry
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import ORGANISATION_KINDS
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.presentation.paging import asked_page, asked_search

KINDS: dict[str, type[Entry]] = {
    "groups": ExpertGroup,
    "boards": Board,
    "organisations": Organisation,
    "themes": Theme,
}  # by the word in the address
_NEW = {
    "groups": lazy_gettext("A new expert group"),
    "boards": lazy_gettext("A new board"),
    "organisations": lazy_gettext("A new organisation"),
    "themes": lazy_gettext("A new theme"),
}


@blueprint.get("/network/groups")
@requires(Permission.ADMINISTER)
def groups() -> str:
    """The expert groups with their members and chairs, fifty on a page, with a search."""
    return _bodies("network/groups.html", ExpertGroup)


@blueprint.get("/network/boards")
@requires(Permission.ADMINISTER)
def boards() -> str:
    """The boards with their members and chairs, fifty on a page, with a search."""
    return _bodies("network/boards.html", Board)


def _bodies(template: str, kind: type[ExpertGroup] | type[Board]) -> str:
    search = asked_search()
    with reading() as session:
        found = bodies_found(session, kind, search=search, number=asked_page())
    return render_template(template, bodies=found, search=search)


@blueprint.get("/network/organisations")
@requires(Permission.ADMINISTER)
def organisations() -> str:
    """The organisations with their kind and how many people of the network are of each."""
    with reading() as session:
        return render_template(
            "network/organisations.html",
            organisations=queries.all_organisations(session),
            people=queries.people_of_organisations(session),
            kinds=ORGANISATION_KINDS,
        )


@blueprint.get("/network/themes")
@requires(Permission.ADMINISTER)
def themes() -> str:
    """The catalogue of themes."""
    with reading() as session:
        return render_template("network/themes.html", themes=queries.all_themes(session))


@blueprint.route("/network/<any(groups, boards, organisations, themes):kind>/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_entry(kind: str) -> Response | Page:
    """The form of a new group, board, organisation or theme."""
    form = FORMS[KINDS[kind]]()

    def save() -> str:
        with transaction() as session:
            actor = signed_in().person
            return add_entry(
                session, KINDS[kind], form.draft(), settings=settings(), actor=actor, now=now()
            ).name

    if is_saved(form, save):
        return redirect(url_for(f"network.{kind}"), 303)
    return form_page("network/new_entry.html", form, kind=kind, heading=str(_NEW[kind]))


@blueprint.route(
    "/network/<any(groups, boards, organisations, themes):kind>/<int:entry_id>/edit", methods=["GET", "POST"]
)
@requires(Permission.ADMINISTER)
def edit_entry(kind: str, entry_id: int) -> Response | Page:
    """The form of a group, board, organisation or theme, and the seats of a body."""
    with reading() as session:
        entry = queries.entry_with_id(session, KINDS[kind], entry_id)
        form = form_of_entry(entry)
        seats = SeatForm(formdata=None)
        if isinstance(entry, ExpertGroup | Board):
            seats.offer(queries.seatable_people(session), [member.person_id for member in entry.members])

    def save() -> str:
        with transaction() as session:
            row = queries.entry_with_id(session, KINDS[kind], entry_id)
            actor = signed_in().person
            save_entry(session, row, form.draft(), seen=form.seen.data, actor=actor, now=now())
            return row.name

    if is_saved(form, save):
        return redirect(url_for(f"network.{kind}"), 303)
    heading = _("Edit %(name)s", name=entry.name)
    return form_page(
        "network/edit_entry.html", form, kind=kind, entry=entry, seats=seats, noun=NOUNS, heading=heading
    )
