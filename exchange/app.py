"""The web application: a table of contents.

Reads no clock of its own and opens no socket.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from exchange import clock
from exchange.accounts import views as accounts
from exchange.accounts.views.provider import EXTENSION as PROVIDER
from exchange.attendance import views as attendance
from exchange.audit.keys import carried
from exchange.boards import views as boards
from exchange.busy import views as busy
from exchange.contributions import views as contributions
from exchange.cycles import views as cycles
from exchange.db import Database, limits_of
from exchange.desk import views as desk
from exchange.duties.configured import ask_templates_of, profiles_of, stage_plan_of
from exchange.feeds.pages import views as feeds
from exchange.feeds.serving.middleware import FeedMiddleware
from exchange.feeds.serving.poll_counts import PollCounts
from exchange.feeds.serving.response_cache import ResponseCache
from exchange.figures import views as figures
from exchange.first_start import views as first_start
from exchange.health.measurements import Measurements
from exchange.health.schema_version import SchemaWatch
from exchange.invitations import views as invitations
from exchange.languages import LANGUAGES
from exchange.lessons import views as lessons
from exchange.mail.pages import views as mail
from exchange.money import views as money
from exchange.needs import views as needs
from exchange.network import views as network
from exchange.nominations import views as nominations
from exchange.notes import views as notes
from exchange.operations import views as operations
from exchange.personal_data import views as personal_data
from exchange.planning.pages import views as planning
from exchange.preferences import views as preferences
from exchange.preparation import views as preparation
from exchange.products import views as products
from exchange.programme import views as programme
from exchange.projects import views as projects
from exchange.records import views as records
from exchange.reminders import views as reminders
from exchange.requests import views as requests
from exchange.rotation import views as rotation
from exchange.rules.time.observances import read_observances
from exchange.settings import ROOT, Settings, read_toml
from exchange.standing_documents import views as standing_documents
from exchange.system.startup import process_name
from exchange.trail import views as trail
from exchange.trainings import views as trainings
from exchange.transfer import views as transfer
from exchange.travel import views as travel
from exchange.web.access.guard import guard
from exchange.web.access.request_context import Installation, viewer
from exchange.web.http.error_pages import add_error_pages
from exchange.web.http.id_numbers import IdConverter
from exchange.web.http.kept_forms import show_kept_forms
from exchange.web.http.known_hosts import check_hosts
from exchange.web.http.recorded_pages import record_downloads
from exchange.web.http.request_logs import LoggedFlask, log_requests
from exchange.web.http.security_headers import set_headers
from exchange.web.http.upload_limits import allow_files
from exchange.web.presentation.date_formats import add_filters
from exchange.web.presentation.template_globals import add_to_templates
from exchange.web.presentation.translations import PageBabel
from exchange.wordings import views as wordings

FORM_MAX_BYTES = 1_000_000  # no form of the product is longer


def create_app(settings: Settings, *, now: Callable[[], datetime] = clock.utc_now) -> Flask:
    """The application over one database; ``now`` is asked once per request."""
    app = LoggedFlask(
        "exchange", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "exchange/static")
    )
    _configure(app, settings)
    app.url_map.converters["int"] = IdConverter
    app.extensions["exchange"] = _installation(settings, now)
    _know_provider(app, settings)
    _trust_proxies(app, settings.trusted_proxies)
    log_requests(app)
    check_hosts(app, settings)
    guard(app)
    allow_files(app)  # before the CSRF check, which reads the form
    show_kept_forms(app)
    csrf = CSRFProtect(app)
    words = str(ROOT / "exchange/translations")
    PageBabel(app, locale_selector=_language, default_translation_directories=words)
    add_filters(app)
    add_to_templates(app)
    set_headers(app, settings)
    add_error_pages(app)
    record_downloads(app)
    _register_blueprints(app)
    _hand_out_feeds(app, settings, now)
    csrf.exempt(preferences.stop_at_once)  # RFC 8058: mail programs post it, without cookie and token
    return app


def _installation(settings: Settings, now: Callable[[], datetime]) -> Installation:
    database = Database(settings.database_url, carries=carried(settings), limits=limits_of(settings))
    return Installation(
        settings=settings,
        database=database,
        plan=stage_plan_of(settings),
        observances=read_observances(read_toml(settings.observances_file)),
        profiles=profiles_of(settings),
        ask_templates=ask_templates_of(settings),
        now=now,
        schema=SchemaWatch(database),
        measured=Measurements(process_name(), database, now),
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=FORM_MAX_BYTES,
        # The prefix keeps a neighbour in the same domain from setting it (RFC 6265bis 4.1.3.2).
        SESSION_COOKIE_NAME="__Host-exchange" if settings.is_https else "exchange",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        WTF_CSRF_TIME_LIMIT=None,  # a form may be filled in over lunch; the sign-in's end is the limit
        WTF_CSRF_SSL_STRICT=False,  # the referrer is checked by the cookie's SameSite instead
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _know_provider(app: Flask, settings: Settings) -> None:
    """Let people sign in at the identity provider, where one is configured."""
    if settings.oidc_issuer:
        # Here and not above: it needs packages that are installed only where it is used (extra sso).
        from exchange.accounts.provider.provider import IdentityProvider

        app.extensions[PROVIDER] = IdentityProvider(settings)


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address and scheme from our own proxies; from nobody when there are none."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # Flask's documented way


def _hand_out_feeds(app: Flask, settings: Settings, now: Callable[[], datetime]) -> None:
    """Answer for calendars in front of all else: most requests are theirs, and need nothing of it."""
    here: Installation = app.extensions["exchange"]
    app.wsgi_app = FeedMiddleware(  # type: ignore[method-assign]  # Flask's documented way
        app.wsgi_app,
        ResponseCache.configured(settings, here.database, here.schema),
        settings,
        now,
        here.guesses,
        polls=app.extensions.setdefault("feed polls", PollCounts(now)),
        measured=here.measured,
    )


def _language() -> str:
    found = viewer()
    if found is not None and found.person.language in LANGUAGES:
        return found.person.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _register_blueprints(app: Flask) -> None:
    for package in (
        accounts,
        first_start,
        contributions,
        products,
        cycles,
        trainings,
        preparation,
        needs,
        attendance,
        lessons,
        records,
        boards,
        rotation,
        projects,
        notes,
        standing_documents,
        travel,
        money,
        requests,
        desk,
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
        nominations,
        transfer,
        figures,
        personal_data,
        trail,
    ):
        app.register_blueprint(package.blueprint)
