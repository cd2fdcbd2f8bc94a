"""The programme's page: the year as a picture and as a list, and for who plans how it stands."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from sqlmodel import Session

from exchange.errors import NotFound
from exchange.feeds.entries import PUBLIC
from exchange.feeds.readers import entries_for_any, list_audiences
from exchange.mail.schedule import planned_between
from exchange.programme import queries
from exchange.programme.agenda import agenda, stage_key
from exchange.programme.sendings import Sending, sendings
from exchange.programme.standing import standing_of
from exchange.programme.tall_timeline import tall_timeline
from exchange.programme.timeline import timeline
from exchange.programme.wording import ReaderWords
from exchange.programme.year import Year
from exchange.web.gauges import gauge_scale
from exchange.web.pages import reader_place
from exchange.web.permissions import Permission, public
from exchange.web.request import (
    may,
    now,
    reader_time_zone,
    reading,
    settings,
    stage_plan,
    today,
    viewer,
)
from exchange.web.words import PUBLICATIONS, STAGE_OWNERS, TRAINING_KINDS, TRAINING_STATES

FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond them holidays and clocks are guesses
LETTERS_AHEAD = timedelta(weeks=8)
LETTERS_MOST = 5
OVERDUE_MOST = 8

blueprint = Blueprint("programme", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """The year given as ?year=, else the year of what comes next."""
    asked = request.args.get("year", "")
    return _page(_year_number(asked) if asked else None)


@blueprint.get("/programme/<int:year>")
@public
def programme(year: int) -> str:
    """One year under an address of its own."""
    return _page(_year_number(str(year)))


def _page(number: int | None) -> str:
    with reading() as session:
        year = _year_to_plan(session, number) if _plans() else _year_shown(session, number)
        words = ReaderWords(reader_place(), reader_time_zone())
        return render_template(
            "programme/home.html",
            year=year,
            months=agenda(year, reader_time_zone()),
            stages=stage_key(year),
            wide=timeline(year, today(), words),
            tall=tall_timeline(year, today(), words),
            summary=words.summary(year),
            public_feed=_public_feed(),
            kinds=TRAINING_KINDS,
            owners=STAGE_OWNERS,
            publications=PUBLICATIONS,
            states=TRAINING_STATES,
            **(_standing(session, year) if _plans() else {}),
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )


def _plans() -> bool:
    return may(Permission.PLAN_PROGRAMME)


def _year_number(text: str) -> int:
    """A year that can be shown; raises NotFound for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise NotFound(
            "The programme has pages for the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR
        )
    return int(text)


def _year_to_plan(session: Session, number: int | None) -> Year:
    chosen = number or queries.next_year_planned(session, today()) or today().year
    return queries.year_to_plan(session, chosen, plan=stage_plan(), link=_link)


def _year_shown(session: Session, number: int | None) -> Year:
    found = viewer()
    audiences = list_audiences(found.person.city, found.group_ids, today()) if found else [PUBLIC]
    entries = entries_for_any(session, audiences, network=settings().network_short_name, on=today())
    chosen = number or queries.next_year_shown(entries, today()) or today().year
    link = _link if found else _anchor
    return queries.year_for(session, chosen, entries, plan=stage_plan(), link=link)


def _standing(session: Session, year: Year) -> dict[str, object]:
    """What only who plans is shown."""
    standing = standing_of(year, queries.training_dates(session), stage_plan().cadence_weeks)
    return {
        "standing": standing,
        "rhythm": gauge_scale(standing.rhythm),
        "letters": _letters(session),
        "overdue": queries.overdue_stages(session, today(), OVERDUE_MOST),
    }


def _letters(session: Session) -> Sequence[Sending]:
    """The next letters that will go out."""
    planned = planned_between(session, now(), now() + LETTERS_AHEAD, plan=stage_plan(), now=now())
    return sendings(planned, LETTERS_MOST)


def _public_feed() -> str:
    """The public calendar's address, in the form that calendar programs subscribe to."""
    return f"webcal://{settings().base_url.partition('://')[2]}/feeds/network.ics"


def _link(kind: str, number: int) -> str:
    if kind == "cycle":
        return url_for("cycles.show_cycle", cycle_id=number)
    return url_for("trainings.show_training", training_id=number)


def _anchor(kind: str, number: int) -> str:
    """A visitor has no pages behind the list: the picture leads to the list's line."""
    return f"#{kind}-{number}"
