"""Templates of letters rendered: a folder of templates/mail and its facts become subject, text and HTML.

It knows no cycle and no reader; compose.py brings the facts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from exchange import markdown
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.words import Wording, wording
from exchange.settings import ROOT, Settings

TEMPLATES = ROOT / "templates/mail"
_LABEL = re.compile(r"^\[[^\]]*\] ")
SEALED = "sealed"  # what may not be said in a letter: only that there is something to read

_inliner = CSSInliner(load_remote_stylesheets=False)


def written(folder: str, facts: Mapping[str, object], words: Wording, settings: Settings) -> ComposedLetter:
    """The letter of a folder, in the language of ``words``."""
    subject, text, html = (
        rendered(f"{folder}/{part}", facts, words, settings)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    _, address = parseaddr(settings.mail_from)
    return ComposedLetter(
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=_inliner.inline(html),
        domain=address.rpartition("@")[2] or "exchange.invalid",
    )


@dataclass(frozen=True)
class Part:
    """A letter that goes along inside another: its subject as a heading, and its body without the frame."""

    heading: str
    text: str
    html: Markup


def part_of_letter(folder: str, facts: Mapping[str, object], words: Wording, settings: Settings) -> Part:
    """What ``written`` makes, for inside another letter."""
    heading, text, html = (
        rendered(f"{folder}/{part}", {**facts, "is_part": True}, words, settings)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    said = _LABEL.sub("", " ".join(heading.split()))
    return Part(said, text.strip(), Markup(html.strip()))


def rendered(template: str, facts: Mapping[str, object], words: Wording, settings: Settings) -> str:
    """One template with the facts, and what every letter may name."""
    values = {
        "preferences_link": "",
        "said": "",
        "is_part": False,
        "parts": (),
        **facts,
        "language": words.language,
        "network": settings.network_name,
        "short": settings.network_short_name,
    }
    return environment(words.language).get_template(template).render(values)


@cache
def environment(language: str) -> Environment:
    """The templates of letters in one language."""
    return prepared(
        Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        ),
        language,
    )


def prepared(made: Environment, language: str) -> Environment:
    """The environment with the translations of a language."""
    # For names out of config/cycle.toml, which may hold a percent sign.
    made.filters["translated"] = wording(language).translations.gettext
    made.filters["markdown"] = markdown.rendered
    # The extension adds this method when it is loaded; the type of the class does not know it.
    made.install_gettext_translations(wording(language).translations, newstyle=True)  # type: ignore[attr-defined]
    return made
