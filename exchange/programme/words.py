"""The words of the pictures, in the reader's language and on the reader's clock. It draws nothing."""

from collections.abc import Sequence
from datetime import date

from babel.dates import get_month_names
from flask_babel import ngettext

from exchange.models import Publication, TrainingKind
from exchange.programme.svg_shapes import wrapped
from exchange.programme.year import QuietSpan, ShownCycle, ShownStage, ShownTraining, Year
from exchange.rules.time.timezones import instant, wall_time
from exchange.web.presentation.date_formats import clock, short_day, span
from exchange.web.presentation.translations import gettext as _
from exchange.web.presentation.translations import page_locale
from exchange.web.presentation.words import PUBLICATIONS, TRAINING_KINDS

NOTE_CHARACTERS = 12  # of a label under a mark


class ReaderWords:
    """Words for one reader; ``place`` is the city whose clock ``time_zone`` is."""

    def __init__(self, place: str, time_zone: str) -> None:
        self.place = place
        self.time_zone = time_zone
        self.language = page_locale()
        names = get_month_names("abbreviated", context="stand-alone", locale=self.language)
        self.months: Sequence[str] = [str(names[number]) for number in range(1, 13)]
        self.exchanges = str(_("Exchanges"))
        self.trainings = str(_("Training"))
        self.weeks = str(_("ISO week"))
        self.today = str(_("Today"))
        self._days: dict[date, str] = {}  # two pictures repeat their days; each is formatted once
        self._holidays: dict[tuple[str, date], str] = {}

    def short_day(self, on: date) -> str:
        """Thu 11 Feb."""
        if on not in self._days:
            self._days[on] = short_day(on, self.language)
        return self._days[on]

    def cycle(self, cycle: ShownCycle) -> str:
        """Hostile drones, 11 Jan to 7 Mar, London leads, TLP:GREEN, draft."""
        days = span(cycle.starts_on, cycle.ends_on, self.language)
        lead = _("%(city)s leads", city=cycle.city) if cycle.city else ""
        return self._joined(cycle.title, days, lead, cycle.marking, self._state(cycle.publication))

    def lead(self, cycle: ShownCycle) -> str:
        """London leads · draft."""
        lead = _("%(city)s leads", city=cycle.city) if cycle.city else ""
        return " · ".join(part for part in (str(lead), self._state(cycle.publication)) if part)

    def stage(self, stage: ShownStage) -> str:
        """Launch: Mon 11 Jan – Sun 17 Jan, done."""
        days = f"{self.short_day(stage.starts_on)} – {self.short_day(stage.ends_on)}"
        text = f"{stage.name}: {days}" if stage.name else days
        return f"{text}, {_('done')}" if stage.is_done else text

    def training(self, training: ShownTraining) -> str:
        """Table-top: Marauding attack, Thu 14 Jan 15:00 in Stockholm, hosted by London, TLP:GREEN."""
        here = wall_time(instant(training.starts), self.time_zone)
        when = _(
            "%(day)s, %(time)s in %(city)s",
            day=self.short_day(here.on),
            time=clock(here.at),
            city=self.place,
        )
        what = f"{self._kind(training)}: {training.title}" if training.kind else training.title
        host = _("hosted by %(city)s", city=training.city) if training.city else ""
        return self._joined(what, str(when), host, training.marking, self._state(training.publication))

    def under_mark(self, training: ShownTraining) -> Sequence[str]:
        """Table-top / Washington DC / draft."""
        what = [self._kind(training)] if training.kind else wrapped(training.title, NOTE_CHARACTERS, 2)
        return [*what, training.city, self._state(training.publication)]

    def session(self, cycle: ShownCycle, on: date) -> str:
        """Thu 11 Feb · live session."""
        return f"{self.short_day(on)} · {_('live session')}"

    def holiday(self, city: str, on: date, name: str) -> str:
        """Good Friday in Stockholm, Fri 26 Mar."""
        key = city, on
        if key not in self._holidays:
            text = _("%(name)s in %(city)s, %(day)s", name=name, city=city, day=self.short_day(on))
            self._holidays[key] = str(text)
        return self._holidays[key]

    def quiet(self, city: str, span: QuietSpan) -> str:
        """Summer in Stockholm, Mon 12 Jul – Sun 8 Aug."""
        days = f"{self.short_day(span.first_on)} – {self.short_day(span.last_on)}"
        return str(_("%(name)s in %(city)s, %(days)s", name=span.name, city=city, days=days))

    def summary(self, year: Year) -> str:
        """What the picture shows, for who cannot see it; the list holds the rest."""
        cycles = ngettext("%(num)d exchange", "%(num)d exchanges", len(year.cycles))
        trainings = ngettext("%(num)d training event", "%(num)d training events", len(year.trainings))
        return str(
            _(
                "%(cycles)s and %(trainings)s between January and December, with the holidays and quiet "
                "periods of the lead cities. The list below has every date.",
                cycles=cycles,
                trainings=trainings,
            )
        )

    def _kind(self, training: ShownTraining) -> str:
        return str(TRAINING_KINDS[TrainingKind(training.kind)]).removesuffix(f" {_('exercise')}")

    def _state(self, publication: Publication) -> str:
        return "" if publication is Publication.PUBLISHED else str(PUBLICATIONS[publication]).lower()

    def _joined(self, *parts: object) -> str:
        return ", ".join(str(part) for part in parts if part)
