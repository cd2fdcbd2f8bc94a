"""The text under an entry: clocks, how to join, what it is about. Only what redaction.py lets through."""

from collections.abc import Iterable, Sequence

from exchange.feeds.content.words import Words
from exchange.models import City, Cycle, Sitting, TrainingEvent, TrainingMode
from exchange.rules.access.rings import Showing
from exchange.rules.time.timezones import WallTime, instant, wall_time


def about_stage(cycle: Cycle, shown: Showing, words: Words, duty: str) -> str:
    """What a stage or a deadline says of its cycle."""
    return joined([duty, _about_cycle(cycle, words) if shown.description else ""])


def about_session(
    cycle: Cycle, sitting: Sitting, starts: WallTime, shown: Showing, *, words: Words, duty: str
) -> str:
    """What a sitting says: every city's clock first."""
    return joined(
        [
            local_times(starts, [cycle.lead_city, *cycle.cities], words) if shown.other_cities else "",
            _join(sitting.join_link, words) if shown.link else "",
            duty,
            _agenda(cycle.agendas.get(sitting.meeting, ""), words) if shown.description else "",
            _about_cycle(cycle, words) if shown.description else "",
        ]
    )


def about_training(
    training: TrainingEvent,
    members: Sequence[City],
    starts: WallTime,
    shown: Showing,
    *,
    words: Words,
    duty: str,
) -> str:
    """What a training event says: every city's clock first, of one for all those of ``members``."""
    cities = [training.host_city, *training.cities, *members]
    return joined(
        [
            local_times(starts, cities, words) if shown.other_cities else "",
            _join(training.join_link, words) if shown.link else "",
            duty,
            training.description if shown.description else "",
            _held(training, words) if shown.description else "",
            _agenda(training.agenda, words) if shown.description else "",
            _chatham_house_rule(training.is_chatham_house, words) if shown.description else "",
        ]
    )


def _held(training: TrainingEvent, words: Words) -> str:
    """The mode, with the sentence why in person where there is one."""
    modes = {
        TrainingMode.IN_PERSON: words.gettext("in person"),
        TrainingMode.HYBRID: words.gettext("in person and online"),
        TrainingMode.VIRTUAL: words.gettext("online"),
    }
    held = words.gettext("Held: %(mode)s", mode=modes[TrainingMode(training.mode)])
    return f"{held}. {training.why_in_person}" if training.why_in_person else held


def local_times(starts: WallTime, cities: Iterable[City], words: Words) -> str:
    """What the clock shows in each city, one a line, with the date where it is another one.

    A zone that is no listed city's is named as well: the time was given on its clock.
    """
    at = instant(starts)
    lines = []
    listed = {city.id: city for city in cities}.values()
    for city in listed:
        local = wall_time(at, city.time_zone)
        line = f"{local.at:%H:%M} {city.name}"
        if local.on != starts.on:
            on = local.on.isoformat()
            line = words.gettext(
                "%(time)s %(city)s on %(date)s", time=f"{local.at:%H:%M}", city=city.name, date=on
            )
        lines.append(line)
    if starts.time_zone not in {city.time_zone for city in listed}:
        lines.append(f"{starts.at:%H:%M} {starts.time_zone}")
    return "\n".join(lines)


def joined(paragraphs: Iterable[str], separator: str = "\n\n") -> str:
    """The paragraphs that are not empty."""
    return separator.join(paragraph for paragraph in paragraphs if paragraph)


def _about_cycle(cycle: Cycle, words: Words) -> str:
    cities = ", ".join(city.name for city in cycle.cities)
    return joined(
        [
            words.gettext("Thematic exchange: %(theme)s", theme=cycle.theme.name),
            words.gettext("Lead city: %(city)s", city=cycle.lead_city.name),
            words.gettext("Contributing: %(cities)s", cities=cities) if cities else "",
            _chatham_house_rule(cycle.is_chatham_house, words),
        ],
        "\n",
    )


def _agenda(text: str, words: Words) -> str:
    return joined([words.gettext("Agenda:"), text], "\n") if text else ""


def _join(link: str, words: Words) -> str:
    return words.gettext("Join: %(link)s", link=link) if link else ""


def _chatham_house_rule(applies: bool, words: Words) -> str:
    return words.gettext("The Chatham House Rule applies.") if applies else ""
