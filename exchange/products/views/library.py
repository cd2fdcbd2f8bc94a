"""Pages of the library: what is out, and the practice notes of past exchanges."""

from dataclasses import dataclass

from flask import render_template, request
from sqlmodel import col

from exchange.access.offered_themes import themes_to_offer
from exchange.access.product_things import About, about
from exchange.access.things import thing_about
from exchange.answering.answer_status import party_name
from exchange.answering.practice_notes import practice_notes, with_cycle
from exchange.markdown import rendered
from exchange.models import ContributionVersion, ProductKind, ProductVersion
from exchange.products import library as shelves
from exchange.products.library import Wanted
from exchange.products.views.blueprint import asked_id, blueprint, themes_of
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import public
from exchange.web.access.request_context import allowed, reading, standing, today
from exchange.web.presentation.paging import Paged, asked_page, asked_search, holds_words, page_of_query


@dataclass(frozen=True)
class Shelved:
    """A line of the library: ``belongs`` is what the product is of, for who may know of that."""

    version: ProductVersion
    themes: list[str]
    belongs: About


@blueprint.get("/library")
@public
def library() -> str:
    """What is out and open to the reader, by what was asked."""
    wanted = _wanted()
    with reading() as session:
        page = shelves.library_page(session, standing(), wanted, asked_page())
        return render_template(
            "products/library.html",
            page=Paged([_shelved(one) for one in page.rows], page.found, page.number),
            wanted=wanted,
            themes=themes_to_offer(session),
            years=shelves.years_of_library(session, standing()),
        )


@blueprint.get("/library/practice-notes")
@public
def practice_notes_page() -> str:
    """What cities and experts noted in exchanges that are over."""
    wanted = _wanted()
    with reading() as session:
        found = practice_notes(
            session,
            standing(),
            *holds_words(wanted.search, col(ContributionVersion.practice_note)),
            theme_id=wanted.theme_id,
            on=today(),
        )
        page = page_of_query(session, found, asked_page(), *with_cycle())
        return render_template(
            "products/practice_notes.html",
            page=page,
            wanted=wanted,
            themes=themes_to_offer(session),
            text=lambda one: rendered(one.practice_note, top_heading=3),
            party=lambda one: party_name(one.contribution.party),
        )


def _wanted() -> Wanted:
    """What the address asks for; what it cannot mean asks for nothing."""
    kind = request.args.get("kind", "")
    return Wanted(
        search=asked_search(),
        theme_id=asked_id("theme"),
        kind=kind if kind in set(ProductKind) else "",
        year=asked_id("year"),
    )


def _shelved(version: ProductVersion) -> Shelved:
    found = about(version.product)
    is_known = found is not None and allowed(Right.READ, thing_about(found))
    return Shelved(version, themes_of(version.product, found), found if is_known else None)
