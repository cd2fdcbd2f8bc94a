"""The findings of config/findings.toml: read, and written once each. What is here already stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import ConfigurationError
from exchange.follow_up.progress import Decider
from exchange.lessons.actions import write_lesson
from exchange.lessons.drafts import LessonDraft
from exchange.models import Lesson, LessonKind, Phase, Theme
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.toml_fields import Entry, refuse
from exchange.rules.typed_links import is_link

_TITLE_MOST, _TEXT_MOST, _LINK_MOST = 200, 5_000, 500  # characters, as the form takes them
_FINDING_KEYS = frozenset({"key", "source", "number", "kind", "title", "text", "theme", "phase", "marking"})


@dataclass(frozen=True)
class Seed:
    """One finding of the file; ``theme`` is a key of the catalogue, "" for none."""

    key: str
    theme: str
    draft: LessonDraft


@dataclass(frozen=True)
class _Source:
    key: str
    name: str
    link: str


def read_findings(document: Mapping[str, object]) -> Sequence[Seed]:
    """The findings of a parsed document. Raises ConfigurationError with place and fault.

    Faults are what Entry refuses, a source that the file does not have, and a key that stands twice.
    """
    entry = Entry("", document, known={"sources", "findings"})
    sources = {one.key: one for one in entry.each("sources", _source)}
    found = entry.each("findings", partial(_seed, sources))
    keys = [one.key for one in found]
    if len(set(keys)) < len(keys):
        refuse("findings", "findings with different keys", keys)
    return found


def load_findings(session: Session, seeds: Sequence[Seed], *, by: Decider) -> int:
    """Write those that are not here yet; how many. Raises ConfigurationError for a theme that is unknown."""
    audit.wait_for_turn(session)
    there = set(session.exec(select(Lesson.key).where(col(Lesson.key).is_not(None))))
    themes = dict(session.exec(select(Theme.key, Theme.id)).all())
    new = [one for one in seeds if one.key not in there]
    for one in new:
        if one.theme and one.theme not in themes:
            raise ConfigurationError(
                "The finding %(key)s has the theme %(theme)s, which is none of the catalogue.",
                key=one.key,
                theme=one.theme,
            )
        write_lesson(session, replace(one.draft, theme_id=themes.get(one.theme)), by=by, key=one.key)
    return len(new)


def _source(place: str, table: object) -> _Source:
    entry = Entry(place, table, known={"key", "name", "link"})
    link = entry.text("link", most=_LINK_MOST) if entry.has("link") else ""
    if link and not is_link(link):
        refuse(f"{place}.link", "a link that begins with https://", link)
    return _Source(entry.text("key"), entry.text("name", most=_TITLE_MOST), link)


def _seed(sources: Mapping[str, _Source], place: str, table: object) -> Seed:
    entry = Entry(place, table, known=_FINDING_KEYS)
    source = sources[entry.choice("source", list(sources))]
    phase = entry.choice("phase", list(Phase)) if entry.has("phase") else ""
    return Seed(
        key=entry.text("key"),
        theme=entry.text("theme") if entry.has("theme") else "",
        draft=LessonDraft(
            kind=LessonKind(entry.choice("kind", list(LessonKind))),
            title=entry.text("title", most=_TITLE_MOST),
            text=entry.text("text", most=_TEXT_MOST),
            marking=Marking(entry.choice("marking", [one for one in Marking if one is not Marking.RED])),
            phase=Phase(phase) if phase else None,
            source=source.name,
            source_number=entry.text("number"),
            source_link=source.link,
        ),
    )
