"""One person's data as one file: JSON, and the same as tables. It chooses nothing: the parts are others'."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence

from sqlmodel import Session

from exchange.models import Person
from exchange.personal_data import exported_parts, schema_export
from exchange.personal_data.parts.taking import Taking
from exchange.transfer.csv_file import Table, csv_bytes

Row = Mapping[str, object]
NEEDS = "needs"
_NEEDS_TABLE = "attendance_need"


def archive_of(session: Session, person: Person, taking: Taking) -> bytes:
    """A zip: data.json, a table of each part, and one of each table of the database.

    Needs the person's city and roles loaded.
    """
    parts: dict[str, list[dict[str, object]]] = exported_parts.data_of(session, person, taking)
    tables = schema_export.tables_of(session, person)
    if not taking.is_own:
        tables = schema_export.without_kept_back(session, schema_export.without_red(tables), taking.kept)
        parts.pop(NEEDS)
        tables.pop(_NEEDS_TABLE, None)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json", json.dumps({**parts, "tables": tables}, ensure_ascii=False, indent=2, default=str)
        )
        for name, rows in parts.items():
            archive.writestr(f"{name}.csv", csv_bytes(_table(rows)))
        for name, rows in tables.items():
            archive.writestr(f"tables/{name}.csv", csv_bytes(_table(rows)))
    return held.getvalue()


def _table(rows: Sequence[Row]) -> Table:
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
