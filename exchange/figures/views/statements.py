"""A payer's statement of one year as a file to keep: PDF/UA, OpenDocument and HTML, as figures are."""

from collections.abc import Iterator
from datetime import date

from flask import Response
from flask_babel import format_date
from flask_babel import gettext as _

from exchange.access.things import MONEY
from exchange.errors import NotFound
from exchange.figures.files.document import Document
from exchange.figures.section import Section
from exchange.figures.views.blueprint import blueprint, sent
from exchange.money.statements import Statement, StatementLine, statement_for
from exchange.money.words import LINE_KINDS
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.money.amounts import amount_text
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, settings
from exchange.web.presentation.template_globals import page_language

_ADDRESS = "/money/parties/<int:party_id>/payers/<int:organisation_id>/<int:year>/statement"


@blueprint.get(f"{_ADDRESS}.<any(csv,html,odt,pdf):ending>")
@requires(Permission.SEE_PROGRAMME)
def statement_file(party_id: int, organisation_id: int, year: int, ending: str) -> Response:
    """What the sheet to print says; organisation 0 is for what no payer was given."""
    if not allowed(Right.READ, MONEY):
        raise NotFound("There is no such page, or it is not for you to see.")
    with reading() as session:
        found = statement_for(session, party_id, organisation_id, year)
    return sent(_document(found, f"statement-{party_id}-{organisation_id}-{year}"), ending)


def _document(found: Statement, name: str) -> Document:
    return Document(
        name=name,
        title=_("Statement of %(year)s: %(payer)s", year=found.year.name, payer=found.payer or found.city),
        language=page_language(),
        network=settings().network_name,
        as_of=f"{found.title}, {found.host}",
        marking=Marking.AMBER_STRICT,
        sections=[_sums(found), _lines(found)],
    )


def _sums(found: Statement) -> Section:
    amounts = (
        (_("Budget of all cities"), found.budget),
        (_("Share of %(city)s, %(share)s %%", city=found.city, share=found.city_share), found.due_of_city),
        (_("Due from this payer"), found.due),
        (_("Invoiced"), found.invoiced),
        (_("Received"), found.received),
        (_("Credited"), found.credited),
        (_("Given in kind"), found.in_kind),
        (_("Still to be paid"), found.open),
    )
    return Section(
        key="sums",
        title=_("Sums in %(currency)s", currency=found.currency),
        sentence=" ".join(_terms(found)) or _("Of %(city)s.", city=found.city),
        columns=(_("What"), _("Amount")),
        rows=tuple((f"{name}", amount_text(amount, found.currency)) for name, amount in amounts),
        numbers=frozenset({1}),
    )


def _terms(found: Statement) -> Iterator[str]:
    for one in found.terms:
        yield _(
            "%(share)s %% of the share of %(city)s, from %(first)s to %(last)s.",
            share=one.share,
            city=found.city,
            first=_day(one.first_on),
            last=_day(one.last_on),
        )


def _lines(found: Statement) -> Section:
    return Section(
        key="lines",
        title=_("Lines of this payer"),
        sentence=_("As they are recorded.")
        if found.lines
        else _("No line of this payer is recorded in this year."),
        columns=(_("What it is for"), _("Day"), _("Kind"), _("Amount")),
        rows=tuple(_line(one, found.currency) for one in found.lines),
        numbers=frozenset({3}),
    )


def _line(one: StatementLine, currency: str) -> tuple[str, ...]:
    text = one.text
    if one.rate and one.rate_on:
        at = _(
            "at %(rate)s of %(day)s, %(source)s", rate=one.rate, day=_day(one.rate_on), source=one.rate_source
        )
        text = f"{text} ({amount_text(one.amount, one.currency)} {at})"
    if one.hours:
        text = f"{text} {_('%(hours)s hours', hours=f'{one.hours / 100:g}')}"
    return (text, _day(one.on), str(LINE_KINDS[one.kind]), amount_text(one.host_amount, currency))


def _day(on: date) -> str:
    return str(format_date(on, "d MMM y"))
