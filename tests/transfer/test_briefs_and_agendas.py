"""What cycles and events are about travels in a table: out of one installation and into another."""

from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.db import Database
from exchange.models import Cycle, TrainingEvent
from tests.factories import MADE_AT
from tests.transfer.test_exports import rows
from tests.transfer.test_imports import import_it, look

HEAD = "kind;title;date;start;city;theme;marking;type;brief;agenda;call_agenda"
BRIEF, AGENDA, CALL = "Who *flies*; and where", "- 10 min each", "What we ask"
TABLE = f"""{HEAD}
cycle;Flying;2027-01-11;14:00;Stockholm;T09;TLP:GREEN;;"{BRIEF}";{AGENDA};{CALL}
training;Landing;2027-09-14;10:00;Stockholm;;TLP:GREEN;seminar;;"{AGENDA}

and lunch";
"""


def test_brief_and_agendas_come_in_and_go_out_again(coordinator: FlaskClient, database: Database) -> None:
    _, page, carried = look(coordinator, TABLE)
    assert "2 drafts would be made" in page
    import_it(coordinator, carried)
    with database.transaction() as session:
        cycle = session.exec(select(Cycle).order_by(col(Cycle.id).desc())).first()
        training = session.exec(select(TrainingEvent).order_by(col(TrainingEvent.id).desc())).first()
        assert cycle
        assert training
        assert (cycle.brief, cycle.agendas) == (BRIEF, {"session": AGENDA, "scoping_call": CALL})
        assert training.agenda == f"{AGENDA}\n\nand lunch"
        cycle.published_at = training.published_at = MADE_AT
    out = {row["title"]: row for row in rows(coordinator, "programme")}
    assert [out["Flying"][name] for name in ("brief", "agenda", "call_agenda")] == [
        BRIEF,
        f"'{AGENDA}",  # a spreadsheet would take it for a formula
        CALL,
    ]
    assert out["Landing"]["agenda"] == f"'{AGENDA}\n\nand lunch"
    elsewhere = coordinator.get("/export/programme.csv").data.replace(b"@exchange", b"@elsewhere")
    _, _, carried = look(coordinator, elsewhere, reason="As it stood")
    import_it(coordinator, carried)
    with database.reading() as session:
        flying = session.exec(select(Cycle).where(Cycle.title == "Flying")).all()
        assert [(one.brief, one.agendas) for one in flying] == [(cycle.brief, cycle.agendas)] * 2
