"""What the reader was asked beside exchanges' own questions: the way there without the letter."""

from datetime import timedelta

from flask import render_template

from exchange.access.things import thing_of_task
from exchange.answering.answer_status import status_of_asks
from exchange.answering.asks import asks_held_by, tasks_by_id
from exchange.contributions.views.blueprint import blueprint
from exchange.rules.access.policy import Right
from exchange.rules.time.timezones import wall_time
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    ask_templates,
    now,
    reader_time_zone,
    reading,
    signed_in,
    stage_plan,
)

SHOWN = timedelta(days=56)  # what is over for longer is looked for on its own page


@blueprint.get("/tasks")
@requires(Permission.SEE_PROGRAMME)
def own_tasks() -> str:
    """What the reader has to answer, by its last day, each with a button that opens its page."""
    person_id = signed_in().person.id or 0
    since = wall_time(now(), reader_time_zone()).on - SHOWN
    with reading() as session:
        asks = {one.id or 0: one for one in asks_held_by(session, [person_id], since)}
        mine = [
            one
            for one in status_of_asks(session, asks.values(), stage_plan()).asked
            if one.holder.id == person_id
        ]
        tasks = tasks_by_id(session, [one.addressee_id for one in mine])
        shown = [
            (one, asks[one.ask_id])
            for one in mine
            if allowed(Right.ANSWER, thing_of_task(tasks[one.addressee_id], asks[one.ask_id].subject))
        ]
        names = {key: template.name for key, template in ask_templates().items()}
        return render_template("contributions/own_tasks.html", tasks=shown, names=names, now=now())
