"""What the form of an event offers: the next day in the rhythm, and lists to choose from."""

from collections.abc import Mapping

from sqlmodel import Session

from exchange.city_calendars import calendars_of
from exchange.models import Need
from exchange.rules.programme import trainings as rhythm
from exchange.trainings import queries
from exchange.trainings.forms import TrainingForm, typed_for_new
from exchange.web.access.request_context import signed_in, today


def offer(session: Session, need: Need | None) -> Mapping[str, object]:
    """What a new event begins with, before anybody types; ``need`` is the one it is to answer, if any."""
    dates = queries.rhythm_dates(session)
    on = rhythm.default_date(dates, today(), calendars_of(session, today()))
    return typed_for_new(on, signed_in().person.city_id, need)


def offered(session: Session, form: TrainingForm) -> TrainingForm:
    """The form with its lists filled."""
    form.offer(queries.choices(session, today()))
    return form
