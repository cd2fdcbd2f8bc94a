"""A person's data to take along: one file with everything as JSON and as tables."""

import io
import json
import zipfile
from collections.abc import Collection

from flask import Response
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import Person
from exchange.rules.markings import Marking
from exchange.transfer.csv_file import Table, csv_bytes
from exchange.transfer.person_data import Row, data_of
from exchange.transfer.room import blueprint
from exchange.web.permissions import Permission, requires
from exchange.web.request import reading, signed_in

_NOT_EXPORTED = frozenset({Marking.RED})
_NOT_FOR_OTHERS = frozenset({Marking.AMBER_STRICT, Marking.RED})


@blueprint.get("/account/data.zip")
@requires(Permission.SEE_PROGRAMME)
def own_data() -> Response:
    """Everything that is kept about whoever is signed in."""
    return _zipped(signed_in().person.id or 0, _NOT_EXPORTED)


@blueprint.get("/people/<int:person_id>/data.zip")
@requires(Permission.ADMINISTER)
def data_of_person(person_id: int) -> Response:
    """The same for somebody who asked by letter, without what only groups that they named may read."""
    return _zipped(person_id, _NOT_FOR_OTHERS)


def _zipped(person_id: int, closed: Collection[Marking]) -> Response:
    with reading() as session:
        data = data_of(session, _person(session, person_id), closed=closed)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, rows in data.items():
            archive.writestr(f"{name}.csv", csv_bytes(_table(rows)))
    response = Response(held.getvalue(), content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="data.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(session: Session, person_id: int) -> Person:
    found = session.exec(
        select(Person)
        .where(col(Person.id) == person_id)
        .options(joinedload(Person.city), selectinload(Person.roles))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def _table(rows: list[Row]) -> Table:
    columns = list(rows[0]) if rows else []
    return Table(columns, [[_cell(row[name]) for name in columns] for row in rows])


def _cell(value: object) -> str:
    """A value in one cell: lists a line each, questions above their answers."""
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if isinstance(value, dict):
        return "\n\n".join(f"{name}\n{text}" for name, text in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
