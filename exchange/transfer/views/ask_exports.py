"""Results of an ask to download, as the page that shows them has them for this reader."""

from flask import Response
from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_lesson
from exchange.access.things import thing_of_ask
from exchange.answering.ask_days import is_over_for_all
from exchange.answering.asks import ask_by_id
from exchange.answering.results import results_of
from exchange.attendance.feedback import anonymous_texts
from exchange.attendance.feedback_results import shown
from exchange.errors import Conflict, NotFound
from exchange.follow_up.queries import lesson_options
from exchange.lessons.city_lines import lesson_lines
from exchange.lessons.queries import progress_of
from exchange.models import Ask, City, Lesson, TrainingEvent
from exchange.rules.access.policy import Right, is_red
from exchange.transfer.ask_tables import table_of_feedback, table_of_progress
from exchange.transfer.csv_file import Table
from exchange.transfer.views.blueprint import blueprint
from exchange.transfer.views.exports import as_csv, needs_table
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading, standing


@blueprint.get("/export/asks/<int:ask_id>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_ask(ask_id: int) -> Response:
    """The results of an ask that no stage plan makes; answers to an exchange's own are read one by one."""
    with reading() as session:
        ask = ask_by_id(session, ask_id)
        if ask.is_of_plan or not allowed(Right.READ, thing_of_ask(ask.subject)):
            raise NotFound("There is no such page, or it is not for you to see.")
        if is_red(thing_of_ask(ask.subject)):
            raise Conflict("At TLP:RED nothing is exported: results are read on their page.")
        if ask.needs_round_id is not None:
            table = needs_table(session, ask.needs_round_id)
        elif ask.findings_round_id is not None:
            table = _progress(session, ask)
        else:
            table = _feedback(session, ask)
        return as_csv(f"ask-{ask_id}", table)


def _feedback(session: Session, ask: Ask) -> Table:
    if not is_over_for_all(session, ask, now()):
        raise Conflict("Results are shown to nobody until its last day is over.")
    about = ask.subject
    return table_of_feedback(
        shown(results_of(session, ask)),
        anonymous_texts(session, ask),
        marking=ask.marking or about.marking,
        is_chatham_house=isinstance(about, TrainingEvent) and about.is_chatham_house,
    )


def _progress(session: Session, ask: Ask) -> Table:
    """What is recorded of the findings of the round that the reader may know of; nothing at TLP:RED."""
    ids = [row.lesson_id for row in ask.rows if row.lesson_id is not None]
    found = session.exec(
        select(Lesson).where(col(Lesson.id).in_(ids)).options(*lesson_options()).order_by(col(Lesson.id))
    ).unique()
    lessons = [
        one for one in found if not is_red(thing_of_lesson(one)) and allowed(Right.READ, thing_of_lesson(one))
    ]
    asked = [party.city_id for party in ask.parties]
    cities = session.exec(select(City).where(col(City.id).in_(asked)).order_by(col(City.name))).all()
    rows = progress_of(session, [one.id or 0 for one in lessons])
    return table_of_progress(lesson_lines(lessons, cities, rows, standing()))
