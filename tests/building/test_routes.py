"""Every door of the house: who may open it, and that no form can be sent from elsewhere."""

import inspect
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_wtf import CSRFProtect

from exchange.app import create_app
from exchange.settings import Settings
from exchange.web.permissions import PUBLIC, Permission, needed_by

# Open to anybody, each for a reason. A new one is added here by hand, or not at all.
PUBLIC_ENDPOINTS = {
    "accounts.sign_in": "who is not signed in asks for a link here",
    "accounts.link_sent": "says what happens next",
    "accounts.use_link": "the link of the letter is the proof",
    "accounts.sign_out": "a visitor is only sent home",
    "contributions.answer": "the link of the letter is the proof",
    "contributions.own_file": "as above",
    "contributions.remove_file": "as above",
    "contributions.pass_on": "as above",
    "contributions.group": "as above, for the chair of a group",
    "contributions.group_done": "as above",
    "contributions.group_reopened": "as above",
    "contributions.group_file": "as above",
    "products.library": "shows what its marking opens to everybody",
    "products.product": "as above, for one product",
    "products.print_product": "as above",
    "products.review": "the link of the letter is the proof",
    "products.agree": "as above",
    "preferences.preferences": "the signed address in a letter is the proof",
    "preferences.change_preferences": "the same",
    "preferences.stop_link": "only leads to the page above",
    "preferences.stop_at_once": "the same proof; mail programs cannot sign in (RFC 8058)",
    "invitations.answer": "the link of the letter is the proof: nobody signs in to decline",
    "programme.home": "the year as everybody may see it",
    "programme.programme": "the same, for one year",
    "operations.healthz": "one word for monitors, without details",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it starts: routes need no migrated database."""
    folder = tmp_path_factory.mktemp("routes")
    app = create_app(Settings(database_url=f"sqlite:///{folder}/none.db", data_dir=folder))
    yield app
    app.extensions["exchange"].database.dispose()


def endpoints(app: Flask) -> dict[str, Callable[..., object]]:
    return {name: view for name, view in app.view_functions.items() if name != "static"}


def test_every_route_names_its_permission(house: Flask) -> None:
    unmarked = [
        name
        for name, view in endpoints(house).items()
        if not isinstance(needed_by(view), Permission) and needed_by(view) != PUBLIC
    ]
    assert unmarked == []


def test_public_routes_are_the_listed_ones(house: Flask) -> None:
    public = {name for name, view in endpoints(house).items() if needed_by(view) == PUBLIC}
    assert public == {name for name in PUBLIC_ENDPOINTS if name.split(".")[0] in house.blueprints}


def test_pages_that_are_only_read_open_no_writing_transaction(house: Flask) -> None:
    """Mail scanners and prefetching browsers follow every link there is."""
    changing = {rule.endpoint for rule in house.url_map.iter_rules() if "POST" in (rule.methods or ())}
    writing = [
        name
        for name, view in endpoints(house).items()
        if name not in changing and "transaction(" in inspect.getsource(inspect.unwrap(view))
    ]
    assert writing == []


def test_no_form_is_exempt_from_the_csrf_token_but_the_button_of_mail_programs(house: Flask) -> None:
    csrf = house.extensions["csrf"]
    assert isinstance(csrf, CSRFProtect)
    assert csrf._exempt_views == {"exchange.preferences.views.stop_at_once"}
    assert csrf._exempt_blueprints == set()
    assert house.config["WTF_CSRF_ENABLED"]
