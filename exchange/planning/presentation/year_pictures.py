"""The pictures of a proposal: its years as they would be, and as they stand."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session, select

from exchange.access.kept_back import kept_back_from
from exchange.models import City
from exchange.planning.presentation.shown_proposal import proposed_year, years_of
from exchange.planning.proposal.entry_rows import Proposal
from exchange.programme.queries import year_to_plan
from exchange.programme.svg_shapes import Picture
from exchange.programme.tall_timeline import tall_timeline
from exchange.programme.timeline import timeline
from exchange.programme.words import ReaderWords
from exchange.programme.year import Year
from exchange.web.access.request_context import reader_time_zone, stage_plan, standing, today
from exchange.web.presentation.template_globals import reader_place


@dataclass(frozen=True)
class YearPictures:
    """One year twice, each for wide and for narrow windows, with what it shows in words."""

    number: int
    proposed: tuple[Picture, Picture]
    proposed_summary: str
    present: tuple[Picture, Picture]
    present_summary: str
    is_empty_now: bool  # whether nothing stands in it yet


def pictures_of(session: Session, proposal: Proposal) -> list[YearPictures]:
    """The years that the plan has entries in."""
    cities = session.exec(select(City)).all()
    touched = {entry.starts_at.year for entry in proposal.plan.entries}
    words = ReaderWords(reader_place(), reader_time_zone())
    kept_back = kept_back_from(session, standing())
    found = []
    for number in years_of(proposal):
        if number not in touched:
            continue
        present = year_to_plan(session, number, kept_back, plan=stage_plan(), link=_link)
        proposed = proposed_year(present, proposal, stage_plan(), cities)
        found.append(
            YearPictures(
                number,
                _drawn(proposed, words),
                words.summary(proposed),
                _drawn(present, words),
                words.summary(present),
                not (present.trainings or any(cycle.ends_on >= present.first_on for cycle in present.cycles)),
            )
        )
    return found


def _drawn(year: Year, words: ReaderWords) -> tuple[Picture, Picture]:
    return timeline(year, today(), words), tall_timeline(year, today(), words)


def _link(kind: str, number: int) -> str:
    if kind == "cycle":
        return url_for("cycles.show_cycle", cycle_id=number)
    return url_for("trainings.show_training", training_id=number)
