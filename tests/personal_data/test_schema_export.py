"""The export follows the schema: a new table that names people is in it, or is named as an exception."""

import json
import re
from datetime import UTC, datetime

from sqlmodel import SQLModel

from exchange.db import Database
from exchange.models import RightsRequest
from exchange.personal_data import schema_export
from exchange.personal_data.queries import KINDS
from tests.factories import make_city, make_person

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)

# Columns whose names sound like people and do not point at them: how each is dealt with.
SOUNDS_LIKE_PEOPLE = re.compile(
    r"name|mail|address|sender|actor|user|author|person|sent_to|holder|contact|words"
)
KNOWN = {
    "person.name": "the person's own row",
    "person.email": "the person's own row",
    "letter.to_name": "in rows found by person_id",
    "letter.to_address": "in rows found by person_id",
    "invitation.sent_to": "in rows found by person_id",
    "web_session.user_agent": "in rows found by person_id",
    "handled_mail.sender": "in rows found by person_id; of strangers nothing is theirs for certain",
    "refused_address.address": "found by the address",
    "refused_address.words": "what a server said, in the same row",
    "address_change.new_address": "in rows found by person_id",
    "passkey.name": "in rows found by person_id",
    "web_session.factor_due_at": "in rows found by person_id",
    "web_session.awaits_factor": "in rows found by person_id",
    "sign_in_request.address": "as somebody typed it, for seconds; not known whose",
    "rights_request.words": "in rows found by person_id",
    "audit_entry.actor_id": "found by the number",
    "audit_entry.actor": "in the same rows, by number; names of old rows",
    "erasure.address_digest": "omitted, with its reason",
    "mailbox_mark.mailbox": "a digest of the network's own mailbox",
    "cycle.named_ids": "found in the list",
    "training_event.named_ids": "found in the list",
    "lesson.named_ids": "found in the list",
    "board_meeting.named_ids": "found in the list",
    "decision.named_ids": "found in the list",
    "note.named_ids": "found in the list",
    "project.named_ids": "found in the list",
    "project.name": "of a project",
    "training_event.why_in_person": "of an event",
    "contribution.named_ids": "omitted: of others",
    "contribution_version.named_ids": "omitted: of others",
    "product_version.named_ids": "omitted: of others",
    "network_request.name": "in rows found by person_id; who has no account is not known here",
    "network_request.email": "the same",
    "network_request.words": "the same",
    "nomination.name": "of a colleague, with the invitation of who named them; gone once it is decided",
    "nomination.email": "the same",
    "attachment.name": "of a file; in the parts",
    "attachment.stored_name": "of a file, ours",
    "city.name": "of a city",
    "theme.name": "of a theme",
    "needs_round_theme.name": "of a theme, as it was asked about",
    "need.theme_name": "of a theme, as it was asked about",
    "expert_group.name": "of a group",
    "board.name": "of a board",
    "measurement.name": "of what is counted",
    "organisation.name": "of an organisation",
    "quiet_period.name": "of a period",
    "stage.name": "of a stage",
    "plan_entry.name": "of an entry in a plan",
    "product_credit.name": "of who is not of the network, on a product",
}


def test_every_column_that_points_at_a_person_is_exported_or_named_as_an_exception() -> None:
    """A table added later is exported by itself; who takes a column out says why."""
    places = set(schema_export.places_naming_people())
    assert len(places) > 25
    assert set(schema_export.NOT_THEIRS) <= places
    assert all(reason for reason in schema_export.NOT_THEIRS.values())
    kept_out = {f"{table}.{column}" for table, column in schema_export.OMITTED}
    assert {f"{table}.{column}" for table, column in places} & kept_out == set()


def test_every_column_that_sounds_like_a_person_is_known() -> None:
    pointing = {f"{table}.{column}" for table, column in schema_export.places_naming_people()}
    sounding = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if SOUNDS_LIKE_PEOPLE.search(column.name) and not column.foreign_keys
    }
    assert sounding - pointing == set(KNOWN)


def test_no_secret_is_exported() -> None:
    """Whatever lets somebody in, or is compared with what does, is known by its name."""
    secret = re.compile(r"digest|sealed|secret|challenge|token")
    named = {table for table, _ in schema_export.places_naming_people()} | set(schema_export.OWNED)
    exported = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if table.name in named and (table.name, column.name) not in schema_export.OMITTED
    }
    assert {one for one in exported if secret.search(one.partition(".")[2])} == set()


def test_exceptions_name_columns_that_are_there() -> None:
    tables = SQLModel.metadata.tables
    lists = (
        schema_export.OMITTED,
        schema_export.NOT_THEIRS,
        schema_export.BY_NUMBER,
        schema_export.NAMING_LISTS,
    )
    for table, column in (place for one in lists for place in one):
        assert column in tables[table].c, (table, column)
    for name, (column, owner) in schema_export.OWNED.items():
        assert column in tables[name].c
        assert owner in tables


def test_page_of_what_is_held_has_a_kind_for_each_table() -> None:
    named = {table for table, _ in schema_export.places_naming_people()} | set(schema_export.OWNED)
    named |= {table for table, _ in (*schema_export.BY_NUMBER, *schema_export.BY_ADDRESS)} | {"person"}
    assert {table for tables in KINDS.values() for table in tables} == named


def test_nobody_gets_the_request_of_another(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        anna, dora = make_person(session, "Anna", city=city), make_person(session, "Dora", city=city)
        session.add(
            RightsRequest(
                person_id=anna.id,
                kind="erasure",
                words="I was ill",
                made_at=NOW,
                decision="refused",
                decided_at=NOW,
                decided_by_id=dora.id,
            )
        )
        session.flush()
        theirs = json.dumps(schema_export.tables_of(session, dora))
        own = json.dumps(schema_export.tables_of(session, anna))
    assert "I was ill" not in theirs
    assert "I was ill" in own
