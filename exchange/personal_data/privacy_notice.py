"""The privacy notice of this deployment: a text in Markdown with a few places that settings fill."""

from collections.abc import Iterable
from email.utils import parseaddr
from pathlib import Path

from babel import Locale, UnknownLocaleError
from markupsafe import Markup

from exchange.errors import ConfigurationError
from exchange.markdown import rendered
from exchange.personal_data.retention_rules import read_retention
from exchange.settings import Settings

FIRST = "en"  # the language of the file itself; others stand beside it, as privacy.sv.md


def languages_of(settings: Settings) -> list[str]:
    """The languages there is a notice in, that of the file itself first."""
    path = settings.privacy_file
    beside = sorted(path.parent.glob(f"{path.stem}.*{path.suffix}"))
    return [FIRST, *(one.name.removeprefix(f"{path.stem}.").removesuffix(path.suffix) for one in beside)]


def own_names(languages: Iterable[str]) -> dict[str, str]:
    """Each language's name in itself; the code where it is none that Babel knows."""
    found = {}
    for language in languages:
        try:
            found[language] = Locale.parse(language, sep="-").get_display_name(language) or language
        except (UnknownLocaleError, ValueError):
            found[language] = language
    return found


def notice_in(language: str, settings: Settings) -> Markup:
    """The notice in one of ``languages_of``.

    ``{network}``, ``{contact}`` and the numbers of config/retention.toml stand in it by name. Raises
    ConfigurationError when the file cannot be read or names something else.
    """
    path = _file_of(language, settings.privacy_file)
    rules = read_retention(settings.retention_file)
    contact = settings.privacy_contact or parseaddr(settings.mail_from)[1]
    try:
        text = path.read_text(encoding="utf-8")
        filled = text.format(network=settings.network_name, contact=contact, **vars(rules))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("%(file)s cannot be read.", file=path) from error
    except (KeyError, IndexError, ValueError) as error:
        raise ConfigurationError(
            "%(file)s: there is nothing to fill %(place)s.", file=path, place=error
        ) from error
    return rendered(filled, top_heading=2)


def _file_of(language: str, path: Path) -> Path:
    return path if language == FIRST else path.with_suffix(f".{language}{path.suffix}")
