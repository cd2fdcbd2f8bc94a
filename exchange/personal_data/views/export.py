"""A person's data to take along: one file with everything as JSON and as tables.

A POST, because taking it along is written into the audit trail.
"""

from collections.abc import Collection

from flask import Response

from exchange.access.kept_back import KeptBack, kept_back_from
from exchange.personal_data import actions, queries
from exchange.personal_data.parts.taking import Taking
from exchange.personal_data.views.blueprint import blueprint
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.access.permissions import Permission, requires, signed_in_only
from exchange.web.access.request_context import now, signed_in, standing, transaction

_NOT_EXPORTED = frozenset({Marking.RED})
_NOTHING = KeptBack(frozenset(), frozenset())
_NOT_FOR_OTHERS = frozenset({Marking.AMBER_STRICT, Marking.RED})


@blueprint.post("/account/data.zip")
@signed_in_only
def own_data() -> Response:
    """Everything that is kept about whoever is signed in."""
    return _zipped(signed_in().person.id or 0, _NOT_EXPORTED)


@blueprint.post("/people/<int:person_id>/data.zip")
@requires(Permission.ADMINISTER)
def data_of_person(person_id: int) -> Response:
    """The same for somebody who asked by letter, without what only groups that they named may read."""
    return _zipped(person_id, _NOT_FOR_OTHERS)


def _zipped(person_id: int, closed: Collection[Marking]) -> Response:
    actor = signed_in().person
    with transaction() as session:
        person = queries.person_with_id(session, person_id)
        kept = _NOTHING if person_id == actor.id else kept_back_from(session, standing())
        taking = Taking(closed, kept, standing(), is_own=person_id == actor.id)
        content = actions.take_along(session, person, taking, actor=actor, now=now())
    response = Response(content, content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="data.zip")
    response.headers["Cache-Control"] = "no-store"
    return response
