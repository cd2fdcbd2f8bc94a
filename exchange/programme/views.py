"""The programme's page: the year as a picture and as a list, and for who plans how it stands."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, request, url_for
from sqlmodel import Session

from exchange.access.kept_back import KeptBack, kept_back_from
from exchange.access.things import LEDGER, NETWORK_RECORD
from exchange.errors import NotFound
from exchange.feeds.content.entries import PUBLIC, Audience, Entry
from exchange.feeds.content.queries import Days, entries_for
from exchange.feeds.content.reader_audiences import list_audience
from exchange.mail.pages.letters_ahead import LettersAhead, letters_ahead
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.eager_loading import item_names
from exchange.mail.schedule.recipients import names_of_people
from exchange.programme import queries
from exchange.programme.agenda import agenda, stage_key
from exchange.programme.first_steps import Step, first_steps, is_coordinated
from exchange.programme.letters_by_day import Sending, sendings
from exchange.programme.tall_timeline import tall_timeline
from exchange.programme.timeline import timeline
from exchange.programme.words import ReaderWords
from exchange.programme.year import Year
from exchange.programme.year_progress import progress_of
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, public
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    reader_time_zone,
    reading,
    settings,
    stage_plan,
    standing,
    today,
    viewer,
)
from exchange.web.presentation.cadence_gauge import gauge_scale
from exchange.web.presentation.template_globals import reader_place
from exchange.web.presentation.words import (
    PUBLICATIONS,
    STAGE_OWNERS,
    TRAINING_KINDS,
    TRAINING_MODES,
    TRAINING_STATES,
)

FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond them holidays and clocks are guesses
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
        kept_back = kept_back_from(session, standing()) if allowed(Right.READ, NETWORK_RECORD) else None
        to_plan = kept_back if _plans() else None
        year = _year_to_plan(session, number, to_plan) if to_plan else _year_shown(session, number)
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
            in_network=allowed(Right.READ, LEDGER),
            kinds=TRAINING_KINDS,
            modes=TRAINING_MODES,
            owners=STAGE_OWNERS,
            publications=PUBLICATIONS,
            states=TRAINING_STATES,
            is_coordinated=viewer() is not None or not year.is_empty or is_coordinated(session),
            **(_progress(session, year, kept_back) if kept_back else {}),
            **(_to_do(session, to_plan) if to_plan else {}),
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


def _year_to_plan(session: Session, number: int | None, kept_back: KeptBack) -> Year:
    chosen = number or queries.next_year_planned(session, kept_back, today()) or today().year
    return queries.year_to_plan(session, chosen, kept_back, plan=stage_plan(), link=_link)


def _year_shown(session: Session, number: int | None) -> Year:
    audience = list_audience(standing(), reader_time_zone()) if viewer() else PUBLIC
    chosen = number or today().year
    entries = _entries(session, audience, around=(date(chosen, 1, 1), date(chosen, 12, 31)))
    if number is None and queries.next_year_shown(entries, today()) != chosen:
        entries = _entries(session, audience, around=None)
        chosen = queries.next_year_shown(entries, today()) or today().year
    link = _link if viewer() else _anchor
    return queries.year_for(session, chosen, entries, plan=stage_plan(), link=link)


def _entries(session: Session, audience: Audience, *, around: Days | None) -> Sequence[Entry]:
    name = settings().network_short_name
    return entries_for(session, audience, network=name, on=today(), around=around)


def _progress(session: Session, year: Year, kept_back: KeptBack) -> dict[str, object]:
    """How the year stands, for who plans and who oversees; of what they may know of."""
    at = standing()
    starts = queries.exchange_starts(session, kept_back, at)
    dates = queries.training_dates(session, kept_back, at)
    progress = progress_of(year, starts, dates, stage_plan().cadence_weeks)
    return {"progress": progress, "rhythm": gauge_scale(progress.rhythm)}


def _to_do(session: Session, kept_back: KeptBack) -> dict[str, object]:
    """What only who plans is shown."""
    items = [item for item in outlooks.current(session, now()) if not kept_back.holds_item(item)]
    ahead = letters_ahead(session, items, plan=stage_plan(), now=now())
    return {
        "steps": first_steps(session, kept_back, today()),
        "Step": Step,
        "letters": _letters(session, ahead),
        "letters_behind": len(ahead.behind),
        "overdue": queries.overdue_stages(session, kept_back, today(), OVERDUE_MOST),
    }


def _letters(session: Session, ahead: LettersAhead) -> Sequence[tuple[Sending, str, str]]:
    """The next letters that will go out, each with what it is about and its first reader's name."""
    found = sendings(ahead.leaving, LETTERS_MOST)
    titles = item_names(session, [one.item for one in found])
    people = names_of_people(session, [one.first.person_id for one in found])
    return [(one, titles[one.item].title, people[one.first.person_id]) for one in found]


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
