"""Letters as a coordinator worded them: the versions in force, filled with a reader's facts.

Not their editing, and not the language of placeholders, which rules.letters.placeholders reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.template_rendering import TEMPLATES, prepared, rendered, written
from exchange.mail.writing.words import Wording
from exchange.models import LetterWording
from exchange.rules.letters.placeholders import Piece, filled, paragraphs_of, pieces_of, spoken
from exchange.settings import Settings

NETWORK = "network"
EDITED = "edited"  # the folder

# Name of a block -> the part of templates/mail that fills it.
BLOCKS = {
    "meeting": "when",
    "answer": "answer",
    "join": "join",
    "chatham_house": "chatham",
    "stages": "stages",
    "tasks": "tasks",
    "brief": "brief",
    "agenda": "agenda",
    "questions": "questions",
    "own_part": "own_part",
    "particulars": "particulars",
    "changes": "changes",
    "own_time": "own_time",
    "new_answer": "new_answer",
    "owed": "owed",
    "actions": "own_actions",
    "welfare": "welfare",
}
_NEEDS = {  # facts without any of which a block says nothing
    "meeting": ("meeting",),
    "answer": ("answer_link",),
    "join": ("join_link", "is_join_link_on_page", "no_link_yet"),
    "chatham_house": ("is_chatham_house",),
    "stages": ("stages",),
    "tasks": ("tasks",),
    "brief": ("brief", "is_brief_on_page"),
    "agenda": ("agenda", "is_agenda_on_page"),
    "questions": ("questions",),
    "own_part": ("own_part",),
    "particulars": ("particulars",),
    "changes": ("has_changes",),
    "own_time": ("has_own_time",),
    "new_answer": ("has_new_answer",),
    "owed": ("late", "in_time", "unnamed"),
    "actions": ("actions",),
    "welfare": ("welfare",),
}
_LED_BY_LINK = frozenset(
    {"review_request", "review_reminder"}
)  # {link} is the reader's own when there is one
_BLANK_LINES = re.compile(r"\n{3,}")  # a part that has its own, and those of the letter around it
_END = "/"  # no placeholder's name
LINKS = frozenset({"link", "join_link", "privacy", "feedback_link"})
_OF_MEETING = {
    "meeting_name": "name",
    "meeting_when": "long",
    "meeting_when_short": "short",
    "meeting_length": "length",
}


@dataclass(frozen=True)
class Edited:
    """A subject and a text with placeholders."""

    subject: str
    body: str


@dataclass(frozen=True)
class Wordings:
    """The wordings in force, by letter and cycle; None for the cycle means all."""

    edited: Mapping[tuple[str, int | None], Edited] = field(default_factory=dict)

    def of(self, letter: str, cycle_id: int | None) -> Edited | None:
        """How a letter is worded: for its cycle, else for the network; None as it came."""
        for scope in (cycle_id, None):
            if (letter, scope) in self.edited:
                return self.edited[letter, scope]
        return None


NO_WORDINGS = Wordings()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an edited letter; its HTML is complete, with its tags."""

    text: str
    html: Markup


def load_wordings(session: Session) -> Wordings:
    """The last version of each wording, in one statement.

    A cycle that went back to the default goes by the network's wording again.
    """
    last = select(func.max(LetterWording.id)).group_by(col(LetterWording.scope), col(LetterWording.letter))
    found = session.exec(select(LetterWording).where(col(LetterWording.id).in_(last)))
    return Wordings(
        {(row.letter, row.cycle_id): Edited(row.subject, row.body) for row in found if not row.is_default}
    )


def edited_letter(
    edited: Edited, facts: Mapping[str, object], words: Wording, settings: Settings
) -> ComposedLetter:
    """The letter in the coordinator's words, in the frame every letter has; the marking stands first."""
    return written(EDITED, edited_facts(edited, facts, words, settings), words, settings)


def edited_facts(
    edited: Edited, facts: Mapping[str, object], words: Wording, settings: Settings
) -> dict[str, object]:
    """The facts of a letter with the coordinator's words, filled, for the folder "edited"."""
    values = values_of(facts, words, settings)
    blocks = {
        name: Markup(rendered(f"{part}.html", facts, words, settings))
        for name, part in BLOCKS.items()
        if values.get(name)
    }
    paragraphs = [_paragraph(pieces, values, blocks) for pieces in spoken(paragraphs_of(edited.body), values)]
    subject = filled(list(pieces_of(edited.subject)), values)
    return {**facts, "subject": subject, "paragraphs": paragraphs}


def values_of(facts: Mapping[str, object], words: Wording, settings: Settings) -> dict[str, str]:
    """What each placeholder says to this reader; "" where there is nothing to say."""
    values = {name: str(value) for name, value in facts.items() if isinstance(value, str | int) and value}
    values |= {"network": settings.network_name, "short": settings.network_short_name}
    meeting = facts.get("meeting")
    for name, attribute in _OF_MEETING.items():
        values[name] = str(getattr(meeting, attribute)) if meeting else ""
    translated = words.translations.gettext
    for name in ("letter_name", "meeting_name"):
        values[name] = str(translated(values[name])) if values.get(name) else ""
    for name, part in BLOCKS.items():
        has_facts = any(facts.get(fact) for fact in _NEEDS[name])
        values[name] = rendered(f"{part}.txt", facts, words, settings).strip("\n") if has_facts else ""
    return values


def default_wording(folder: str, language: str = "en") -> Edited:
    """A letter as it comes, in the language of placeholders: what a coordinator begins to edit with."""
    environment = _marking_environment(language)
    markers = _Markers() | {"tasks": folder not in _LED_BY_LINK}
    subject, body = (
        environment.get_template(f"{folder}/{part}").render(markers) for part in ("subject.txt", "body.txt")
    )
    spaced = _BLANK_LINES.sub("\n\n", body.strip())
    return Edited(" ".join(subject.split()).removeprefix("[{label}] "), spaced)


def _paragraph(pieces: list[Piece], values: Mapping[str, str], blocks: Mapping[str, Markup]) -> Paragraph:
    """A paragraph; one that holds a block is parted around it, for a block brings paragraphs of its own."""
    html, words = Markup(""), list[Piece]()
    for piece in [*pieces, Piece(name=_END)]:
        if piece.name not in blocks and piece.name != _END:
            words.append(piece)
            continue
        html += _words(words, values) + blocks.get(piece.name, Markup(""))
        words = []
    return Paragraph(filled(pieces, values), html)


def _words(pieces: list[Piece], values: Mapping[str, str]) -> Markup:
    inner = Markup("").join(_html(piece, values) for piece in pieces)
    trimmed = Markup(inner.strip().removeprefix("<br>").removesuffix("<br>"))
    return Markup("<p>{}</p>\n").format(trimmed) if trimmed else Markup("")


def _html(piece: Piece, values: Mapping[str, str]) -> Markup:
    text = values.get(piece.name, "") if piece.name else piece.text
    if piece.name in LINKS:
        return Markup('<a href="{0}">{0}</a>').format(text)
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


class _Markers(dict[str, object]):
    """Facts that are their own placeholders: {{ title }} becomes {title}."""

    def __init__(self) -> None:
        given: dict[str, object] = {"answer_link": True, "is_this_week": True, "is_session_over": True}
        given["meeting"] = {attribute: f"{{{name}}}" for name, attribute in _OF_MEETING.items()}
        super().__init__({name: f"{{{name}}}" for name in (*MARKED, "label")} | given)


# Every plain placeholder a template may use; what they mean is told by wordings.available_placeholders.
MARKED = (
    "about_day",
    "about_day_short",
    "ask_name",
    "awaited",
    "before",
    "city",
    "countdown",
    "description",
    "due_day",
    "due_day_short",
    "ends_day",
    "ends_day_short",
    "feedback_day",
    "feedback_day_short",
    "feedback_link",
    "from_day",
    "from_day_short",
    "headline",
    "host_city",
    "last_day",
    "last_day_short",
    "lead_city",
    "letter_name",
    "link",
    "marking",
    "minutes",
    "calendar",
    "mode",
    "moment",
    "name",
    "network",
    "news",
    "number",
    "outlook",
    "party",
    "place",
    "privacy",
    "reason",
    "short",
    "starts_day",
    "starts_day_short",
    "theme",
    "title",
    "weeks",
)


@cache
def _marking_environment(language: str) -> Environment:
    """The templates without their frame, whose blocks are placeholders."""
    parts = {f"{part}.txt": f"{{{name}}}\n\n\n" for name, part in BLOCKS.items()}
    frame = {"base.txt": "{% block body %}{% endblock %}"}
    made = Environment(
        loader=ChoiceLoader([DictLoader(parts | frame), FileSystemLoader(TEMPLATES)]),
        autoescape=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return prepared(made, language)
