"""The web application: a table of contents.

Reads no clock of its own and opens no socket.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from exchange import clock
from exchange.accounts import views as accounts
from exchange.busy import views as busy
from exchange.contributions import pages as contributions
from exchange.cycles import views as cycles
from exchange.db import Database
from exchange.feeds import views as feeds
from exchange.feeds.door import FeedDoor
from exchange.feeds.shelf import Shelf
from exchange.invitations import views as invitations
from exchange.languages import LANGUAGES
from exchange.mail import trouble_views as mail
from exchange.network import views as network
from exchange.operations import views as operations
from exchange.planning import views as planning
from exchange.preferences import views as preferences
from exchange.products import pages as products
from exchange.programme import views as programme
from exchange.reminders import views as reminders
from exchange.rules.cycles import read_stage_plan
from exchange.settings import ROOT, Settings, load_settings, read_toml
from exchange.startup import keep_what_is_loaded
from exchange.trainings import views as trainings
from exchange.transfer import views as transfer
from exchange.web.filters import add_filters
from exchange.web.guard import guard
from exchange.web.headers import set_headers
from exchange.web.logs import configure_logs, log_requests
from exchange.web.numbers import IdConverter
from exchange.web.pages import add_to_templates
from exchange.web.refusals import add_error_pages
from exchange.web.request import House, viewer
from exchange.web.uploads import allow_files
from exchange.wordings import views as wordings

FORM_MAX_BYTES = 1_000_000  # no form of the product is longer


def create_app(settings: Settings, *, now: Callable[[], datetime] = clock.utc_now) -> Flask:
    """The application over one database; ``now`` is asked once per request."""
    app = Flask(
        "exchange", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "exchange/static")
    )
    _configure(app, settings)
    app.url_map.converters["int"] = IdConverter
    app.extensions["exchange"] = House(
        settings=settings,
        database=Database(settings.database_url),
        plan=read_stage_plan(read_toml(settings.cycle_file)),
        now=now,
    )
    _trust_proxies(app, settings.trusted_proxies)
    log_requests(app)
    guard(app)
    allow_files(app)  # before the CSRF check, which reads the form
    csrf = CSRFProtect(app)
    Babel(app, locale_selector=_language, default_translation_directories=str(ROOT / "exchange/translations"))
    add_filters(app)
    add_to_templates(app)
    set_headers(app, settings)
    add_error_pages(app)
    _register_rooms(app)
    _hand_out_feeds(app, settings, now)
    csrf.exempt(preferences.stop_at_once)  # RFC 8058: mail programs post it, without cookie and token
    return app


def create_app_from_environment() -> Flask:
    """The application of this process, for the web server."""
    settings = load_settings()
    configure_logs(settings.log_level)
    app = create_app(settings)
    keep_what_is_loaded()
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=FORM_MAX_BYTES,
        SESSION_COOKIE_NAME="exchange",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=None,  # a form may be filled in over lunch; the sign-in's end is the limit
        WTF_CSRF_SSL_STRICT=False,  # the referrer is checked by the cookie's SameSite instead
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address and scheme from our own proxies; from nobody when there are none."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # Flask's documented way


def _hand_out_feeds(app: Flask, settings: Settings, now: Callable[[], datetime]) -> None:
    """Answer for calendars in front of all else: most requests are theirs, and need nothing of it."""
    shelf = Shelf(
        app.extensions["exchange"].database,
        seconds=settings.feed_check_seconds,
        most_bytes=settings.feed_memory_mib * 2**20,
    )
    app.wsgi_app = FeedDoor(app.wsgi_app, shelf, settings, now)  # type: ignore[method-assign]  # Flask's documented way


def _language() -> str:
    found = viewer()
    if found is not None and found.person.language in LANGUAGES:
        return found.person.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _register_rooms(app: Flask) -> None:
    for room in (
        accounts,
        contributions,
        products,
        cycles,
        trainings,
        programme,
        planning,
        network,
        busy,
        feeds,
        invitations,
        mail,
        reminders,
        wordings,
        preferences,
        operations,
        transfer,
    ):
        app.register_blueprint(room.blueprint)
