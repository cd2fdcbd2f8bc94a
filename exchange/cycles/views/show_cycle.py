"""The page of one cycle: its stages, sittings and clocks, and what belongs to it; for planners the rest."""

from collections.abc import Sequence

from flask import render_template
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.named_people import names_of
from exchange.access.product_things import thing_of_draft, thing_of_product
from exchange.answering.product_status import products_of, reviews
from exchange.audit import people_named
from exchange.city_calendars import calendars_of
from exchange.cycles import queries
from exchange.cycles.history import told, without_product
from exchange.cycles.preview import clocks_of, meetings_of
from exchange.cycles.saving import findings_of_cycle
from exchange.cycles.stage_band import picture_of
from exchange.cycles.stage_progress import progress_of
from exchange.cycles.views.blueprint import blueprint
from exchange.cycles.views.who_was_there import who_was_there
from exchange.feeds.subscriptions.unseen_changes import calendars_of_item
from exchange.follow_up.shown import follow_up_of_cycle
from exchange.invitations.queries import links_of_person, turnouts_of_cycle
from exchange.lifecycle import history_of, overrides_of
from exchange.markdown import rendered
from exchange.models import Cycle, Product
from exchange.rules.access.policy import Right
from exchange.rules.findings.overrides import unanswered
from exchange.rules.time.holidays import CityCalendar
from exchange.web.access.linked_products import linked_products
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    now,
    observances,
    reader_time_zone,
    reading,
    settings,
    signed_in,
    stage_plan,
    standing,
    viewer,
)
from exchange.web.presentation.quoted_needs import known_needs

Answer = str | tuple[str, int] | Response


@blueprint.get("/cycles/<int:cycle_id>")
@requires(Permission.SEE_PROGRAMME)
def show_cycle(cycle_id: int) -> Answer:
    """One cycle: its stages as a picture and a list, its sittings in each city; for planners the rest."""
    with reading() as session:
        cycle = queries.cycle_seen_by(session, cycle_id, standing())
        calendars = calendars_of(session, cycle.starts_on)
        product = products_of(session, [cycle_id]).get(cycle_id)
        follow_up = follow_up_of_cycle(session, cycle_id, standing(), now())
        progress = progress_of(cycle, now(), open_actions=follow_up.open_count)
        laid = meetings_of(cycle, stage_plan())
        meetings = clocks_of(laid, calendars, host_id=cycle.lead_city_id, own_zone=reader_time_zone())
        return render_template(
            "cycles/show_cycle.html",
            cycle=cycle,
            progress=progress,
            follow_up=follow_up,
            picture=picture_of(progress, laid, stage_plan()),
            meetings=meetings,
            sittings=sorted(cycle.sittings, key=lambda s: (s.on_local, s.meeting, s.number)),
            now=now(),
            brief=rendered(cycle.brief),
            agendas={key: rendered(text, top_heading=5) for key, text in cycle.agendas.items()},
            named=names_of(session, cycle.named_ids) if cycle.named_ids else [],
            turnouts=turnouts_of_cycle(session, cycle_id),
            own_links=_own_links(session, cycle_id),
            needs=known_needs(session, cycle),
            products=linked_products(session, cycle),
            **_ways(session, cycle, product),
            **who_was_there(session, cycle),
            **(_for_planners(session, cycle, calendars, product) if standing().plans else {}),
        )


def _own_links(session: Session, cycle_id: int) -> dict[str, str]:
    found = viewer()
    person_id = found.person.id if found else None
    if person_id is None:
        return {}
    return links_of_person(session, person_id, settings(), cycle_id=cycle_id, training_id=None)


def _for_planners(
    session: Session, cycle: Cycle, calendars: Sequence[CityCalendar], product: Product | None
) -> dict[str, object]:
    entries, overrides = history_of(session, cycle), overrides_of(session, cycle)
    findings = findings_of_cycle(session, cycle, stage_plan(), calendars, observances())
    if not allowed(Right.WRITE, thing_of_draft(cycle, product)):
        entries = without_product(entries)
    return {
        "findings": findings,
        "overrides": overrides,
        "blocks": unanswered(findings, {override.finding_key for override in overrides}),
        "history": told(entries, people_named(session, entries)),
        "calendars": calendars_of_item(session, cycle, now()),
    }


def _ways(session: Session, cycle: Cycle, product: Product | None) -> dict[str, bool]:
    """Whether the page leads to the product, once it is out or for who writes it; and to one's own review."""
    writes = allowed(Right.WRITE, thing_of_draft(cycle, product))
    is_open = product is not None and allowed(Right.READ, thing_of_product(product, cycle))
    return {
        "has_product": writes or is_open,
        "has_review": product is not None and reviews(session, cycle.id or 0, signed_in().person.id or 0),
    }
