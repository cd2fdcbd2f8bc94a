"""Who is erased leaves what the programme says, and the trail never held it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel, select

from exchange import audit
from exchange.cycles.actions import edit_cycle
from exchange.db import Database
from exchange.models import (
    AuditEntry,
    Cycle,
    ExpertGroup,
    Person,
    PreparationMember,
    PreparationStep,
    Role,
    TrainingEvent,
    TrainingObjective,
)
from exchange.network.actions.bodies_and_themes import edit_entry
from exchange.network.drafts import draft_of_entry
from exchange.personal_data.consequences import consequences_of
from exchange.personal_data.erasure import erase
from exchange.preparation.actions import Decider, claim, set_objectives
from exchange.preparation.drafts import ObjectiveDraft
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.settings import Settings
from exchange.trainings.actions import cancel_training, edit_training
from exchange.trainings.drafts import draft_of
from tests.access.routes import ON_SQLITE
from tests.answering.asked import make_round
from tests.cycles.test_actions import edit_of
from tests.factories import make_person, make_training, stage_plan
from tests.pages import text_of
from tests.sign_in import SignIn

NOW = datetime(2027, 9, 1, 9, tzinfo=UTC)
NAMED = "Carl Contact leads, carl.contact@example.org asks"


def write_of_carl(session: Session, profiles: Profiles) -> tuple[Person, Person, int, int]:
    """Carl is named in each text of a published exchange, of an event and of a group: by its actions."""
    made = make_round(session)
    made.carl.email = "carl.contact@example.org"
    cora = make_person(session, "Cora", city=made.london, roles=[Role.COORDINATOR])
    edit = edit_of(made.cycle, brief=NAMED, agendas={"session": f"Ten minutes: {NAMED}"})
    edit_cycle(session, made.cycle, edit, plan=stage_plan(), actor=cora, now=NOW)
    event = make_training(session, host_city=made.london, on_local=date(2027, 11, 18), title="Drones")
    draft = replace(draft_of(event), description=NAMED, agenda=f"09:00 {NAMED}")
    edit_training(session, event, draft, actor=cora, now=NOW)
    found = claim(session, event.id or 0, profiles, version=1, now=NOW)
    objectives = [ObjectiveDraft(f"{NAMED} {n}.") for n in range(3)]
    set_objectives(session, found, objectives, by=Decider(cora, NOW))
    note = replace(draft_of_entry(made.group), note=NAMED)
    edit_entry(session, made.group, note, actor=cora, now=NOW)
    return made.carl, cora, made.cycle.id or 0, event.id or 0


def everything_in(session: Session) -> str:
    tables = SQLModel.metadata.sorted_tables
    return "\n".join(str(tuple(row)) for one in tables for row in session.connection().execute(one.select()))


def test_texts_of_the_programme_forget_who_is_erased_and_the_trail_held_digests(
    app: Flask, database: Database, settings: Settings
) -> None:
    """Briefs, agendas and objectives went into the trail word by word, and no erasure took the name out."""
    with database.transaction() as session:
        carl, cora, cycle_id, event_id = write_of_carl(session, app.extensions["exchange"].profiles)
        trail = session.exec(select(AuditEntry)).all()
        assert len(trail) == 4
        assert not [entry for entry in trail if "Carl" in f"{entry.before}{entry.after}"]
        cycle, event = session.get_one(Cycle, cycle_id), session.get_one(TrainingEvent, event_id)
        versions = cycle.version, event.version
        sequences = {stage.sequence for stage in cycle.stages}
        cancel_training(session, event, reason=f"{NAMED}: ill.", actor=None, now=NOW)
    with database.transaction() as session:
        carl, cora = session.get_one(Person, carl.id), session.get_one(Person, cora.id)
        name = erase(session, carl, [], actor=cora, reason="Asked.", settings=settings, now=NOW)
    with database.reading() as session:
        kept = [row for row in everything_in(session).splitlines() if "carl" in row.lower()]
        assert [row for row in kept if "ill." not in row] == []
        assert len(kept) == 1  # the reason of the cancellation, in the trail: it is kept for good
        cycle, event = session.get_one(Cycle, cycle_id), session.get_one(TrainingEvent, event_id)
        assert cycle.brief.startswith(f"{name} leads, former-contact-")
        assert cycle.agendas["session"].startswith(f"Ten minutes: {name}")
        assert all(
            text.startswith(start)
            for text, start in (
                (event.description, name),
                (event.agenda, f"09:00 {name}"),
                (event.reason, name),
            )
        )
        assert session.exec(select(TrainingObjective)).all()[0].text.startswith(name)
        assert session.exec(select(ExpertGroup)).one().description.startswith(name)
        assert cycle.version == versions[0] + 1  # a form that was open with the name in it is refused
        assert {stage.sequence for stage in cycle.stages} == {one + 1 for one in sequences}


@ON_SQLITE
def test_texts_of_others_stay_as_they_are(app: Flask, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        _carl, cora, cycle_id, _event_id = write_of_carl(session, app.extensions["exchange"].profiles)
        emil = session.exec(select(Person).where(Person.name == "Emil Expert")).one()
        version = session.get_one(Cycle, cycle_id).version
        erase(session, emil, [], actor=cora, reason="Asked.", settings=settings, now=NOW)
        cycle = session.get_one(Cycle, cycle_id)
        assert (cycle.brief, cycle.version) == (NAMED, version)


@ON_SQLITE
def test_a_text_in_an_entry_of_before_is_shown_to_nobody(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        made = make_round(session)
        cora = make_person(session, "Cora", city=made.london, roles=[Role.COORDINATOR])
        subject = f"cycle:{made.cycle.id}"
        audit.record(
            session,
            actor=cora,
            action="edit cycle",
            subject=subject,
            before={"brief": NAMED, "objective 1": NAMED, "weeks": 8},
            after={"agenda: session": NAMED, "weeks": 9},
            now=NOW,
        )
    browser: FlaskClient = sign_in(cora)
    for address in (f"/cycles/{made.cycle.id}", "/audit"):
        page = text_of(browser.get(address))
        assert "agenda: session: …" in page
        assert "Carl" not in page.replace("Carl Contact, Washington DC", "")


@ON_SQLITE
def test_the_page_before_an_erasure_counts_planning_teams_and_milestones(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        carl, _cora, _cycle_id, event_id = write_of_carl(session, app.extensions["exchange"].profiles)
        found = claim(session, event_id, app.extensions["exchange"].profiles, version=2, now=NOW)
        row = found.row.id if found.row else 0
        before = consequences_of(session, carl)
        session.add(PreparationMember(preparation_id=row, person_id=carl.id or 0))
        session.add(PreparationStep(preparation_id=row, milestone="fpm", owner_id=carl.id))
        session.flush()
        after = consequences_of(session, carl)
        assert after.goes["seats"] == before.goes["seats"] + 1
        assert after.stays["decisions"] == before.stays["decisions"] + 1
