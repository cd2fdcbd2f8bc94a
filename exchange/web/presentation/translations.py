"""The words of pages: a request's language is found once, and what a template says is remembered.

A long page says a thousand of them. Letters and calendars have wordings of their own: mail, feeds.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

WORDS_KEPT = 10_000  # all that templates say, in a few languages
_LOCALE, _WORDS = "page_locale", "page_words"


def page_locale() -> str:
    """The language of this request as Babel writes it ("en", "pt_BR"); English where there is no request."""
    if not has_app_context():
        return "en"
    known: str | None = g.get(_LOCALE)
    if known is None:
        known = str(get_locale() or "en")
        setattr(g, _LOCALE, known)
    return known


def gettext(text: str, /, **values: object) -> str:
    """As flask_babel's, for code that says much on one page."""
    said: str = _translations().ugettext(text)
    return said % values if values else said


def _translations() -> NullTranslations:
    if not has_app_context():
        return NullTranslations()
    known: NullTranslations | None = g.get(_WORDS)
    if known is None:
        known = get_translations()
        setattr(g, _WORDS, known)
    return known


class PageBabel(Babel):
    """Flask-Babel with words that are looked up by a language that is known already."""

    def init_app(self, app: Flask, *given: object, **named: object) -> None:
        """As Flask-Babel does, and give templates a ``_`` of ours."""
        super().init_app(app, *given, **named)
        words = _remembering()
        app.jinja_env.globals.update(gettext=words, _=words)

    @cached_property
    def domain_instance(self) -> Domain:
        """The words of this application."""
        return _PageDomain(domain=self.domain)


class _PageDomain(Domain):
    def get_translations(self) -> NullTranslations:
        """Those of the language of this request."""
        known: Translations | None = (
            self.cache.get((page_locale(), self.domain[0])) if has_app_context() else None
        )
        return super().get_translations() if known is None else known


def _remembering() -> Callable[..., str]:
    """Jinja's ``_`` of one application: what is said is a format, with or without values."""

    @lru_cache(maxsize=WORDS_KEPT)
    def template(_locale: str, text: str, is_markup: bool) -> str:
        found: str = get_translations().ugettext(text)
        return Markup(found) if is_markup else found

    @lru_cache(maxsize=WORDS_KEPT)
    def sentence(locale: str, text: str, is_markup: bool) -> str:
        return template(locale, text, is_markup) % {}

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **values: object) -> str:
        if not values:
            return sentence(page_locale(), str(text), context.autoescape)
        return template(page_locale(), str(text), context.autoescape) % values

    return gettext
