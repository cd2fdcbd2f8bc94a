"""What was held, by name: exchanges that began and events that took place, with theme, city and turnout."""

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from exchange.access.things import thing_about
from exchange.figures.facts import Facts
from exchange.figures.section import Section, closest
from exchange.models import Cycle, TrainingKind
from exchange.records.held import Held
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.words import TRAINING_KINDS


def held(facts: Facts) -> Section:
    """The list; what is held closer than the document may name is counted, not named."""
    named = [one for one in facts.held if facts.may_name(thing_about(one.about))]
    unnamed = len(facts.held) - len(named)
    note = _("TLP:RED is left out.")
    if unnamed:
        note = ngettext(
            "%(num)d more is held too closely to be named here.",
            "%(num)d more are held too closely to be named here.",
            unnamed,
        )
    cities = {one.id: one.name for one in facts.cities}
    return Section(
        key="held",
        title=_("What was held"),
        sentence=ngettext(
            "%(num)d exchange or event of %(span)s has begun so far.",
            "%(num)d exchanges and events of %(span)s have begun so far.",
            len(facts.held),
            span=facts.span.name,
        ),
        columns=(_("What"), _("Day"), _("Kind"), _("Theme"), _("Lead or host"), _("Cities")),
        rows=tuple(_row(one, cities) for one in named),
        numbers=frozenset({5}),
        note=note,
        marking=closest([one.about.marking for one in named], at_least=Marking.CLEAR),
    )


def _row(one: Held, cities: dict[int | None, str]) -> tuple[str, ...]:
    about = one.about
    city_id = about.lead_city_id if isinstance(about, Cycle) else about.host_city_id
    return (
        about.title,
        format_date(one.on, "d MMM y"),
        _("Exchange") if isinstance(about, Cycle) else str(TRAINING_KINDS[TrainingKind(about.kind)]),
        about.theme.name if about.theme else "–",
        cities.get(city_id, "–"),
        f"{len(one.city_ids)}",
    )
