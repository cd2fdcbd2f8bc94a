"""Every route of the application: who may open it, and that no form can be sent from elsewhere."""

import inspect
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_wtf import CSRFProtect

from exchange.app import create_app
from exchange.settings import Settings
from exchange.web.access.permissions import PUBLIC, SIGNED_IN, Permission, needed_by

# Open to anybody, each for a reason. A new one is added here by hand, or not at all.
PUBLIC_ENDPOINTS = {
    "figures.report": "an annual report with its figures, for whoever may read the report",
    "figures.report_file": "as above",
    "accounts.sign_in": "who is not signed in asks for a link here",
    "accounts.link_sent": "says what happens next",
    "accounts.use_link": "the link of the letter is the proof",
    "accounts.second_step": "the link was used; who owes the second factor is signed in nowhere yet",
    "accounts.second_step_options": "as above",
    "accounts.to_provider": "who is not signed in begins at the identity provider here",
    "accounts.from_provider": "the code and the cookie of the browser that began are the proof",
    "accounts.sign_out": "a visitor is only sent home",
    "first_start.first_run": "the token printed on the console is the proof, while nobody coordinates",
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
    "products.product_file": "as above, for a file of one",
    "products.practice_notes_page": "shows what its marking opens to everybody",
    "lessons.own_action": "the link of the letter is the proof",
    "products.review": "the link of the letter is the proof",
    "products.agree": "as above",
    "preferences.preferences": "the signed address in a letter is the proof",
    "preferences.change_preferences": "the same",
    "preferences.stop_link": "only leads to the page above",
    "preferences.stop_at_once": "the same proof; mail programs cannot sign in (RFC 8058)",
    "invitations.answer": "the link of the letter is the proof: nobody signs in to decline",
    "attendance.here": "shows nothing of the meeting to a visitor; what it is pressed for needs a sign-in",
    "attendance.here_by_link": "the link of the invitation is the proof",
    "nominations.nominate": "the link of the invitation is the proof",
    "requests.forms": "says what can be asked for",
    "requests.ask": "the public forms",
    "requests.sent": "says what happens next, whoever asked",
    "requests.follow": "the link of the receipt is the proof",
    "requests.confirm": "as above",
    "requests.write": "as above",
    "requests.withdraw": "as above",
    "requests.released": "the link of the outcome is the proof",
    "requests.released_file": "as above",
    "personal_data.privacy": "the notice says to everybody what is kept and why",
    "personal_data.confirm_new_address": "the link of the letter to the new address is the proof",
    "network.roles": "says what roles are for, and names nobody",
    "programme.home": "the year as everybody may see it",
    "programme.programme": "the same, for one year",
    "operations.healthz": "one word for supervisors, without details",
    "operations.readyz": "a line for each part, for monitors; names nobody and nothing of the data",
    "operations.metrics": "not there without the setting, and then for who shows its token",
}

# Open to whoever is signed in, with or without a role: what is their own.
SIGNED_IN_ENDPOINTS = {
    "requests.show_request",
    "requests.follow_own",
    "accounts.sessions",
    "accounts.end_session",
    "accounts.end_other_sessions",
    "accounts.forget_provider_account",
    "accounts.factors",
    "accounts.add_passkey",
    "accounts.passkey_options",
    "accounts.remove_passkey",
    "accounts.add_app",
    "accounts.remove_app",
    "accounts.new_codes",
    "accounts.confirm",
    "accounts.confirm_options",
    "accounts.confirm_by_letter",
    "accounts.confirm_link",
    "personal_data.own_page",
    "personal_data.edit_details",
    "personal_data.new_address",
    "personal_data.ask_for_right",
    "personal_data.own_data",
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it starts: routes need no migrated database."""
    folder = tmp_path_factory.mktemp("routes")
    app = create_app(Settings(database_url=f"sqlite:///{folder}/none.db", data_dir=folder))
    yield app
    app.extensions["exchange"].database.dispose()


def endpoints(app: Flask) -> dict[str, Callable[..., object]]:
    return {name: view for name, view in app.view_functions.items() if name != "static"}


def test_every_route_names_its_permission(application: Flask) -> None:
    unmarked = [
        name
        for name, view in endpoints(application).items()
        if not isinstance(needed_by(view), Permission) and needed_by(view) not in (PUBLIC, SIGNED_IN)
    ]
    assert unmarked == []


def test_public_routes_are_the_listed_ones(application: Flask) -> None:
    public = {name for name, view in endpoints(application).items() if needed_by(view) == PUBLIC}
    assert public == {name for name in PUBLIC_ENDPOINTS if name.split(".")[0] in application.blueprints}


def test_routes_for_everybody_signed_in_are_the_listed_ones(application: Flask) -> None:
    own = {name for name, view in endpoints(application).items() if needed_by(view) == SIGNED_IN}
    assert own == SIGNED_IN_ENDPOINTS


def test_pages_that_are_only_read_open_no_writing_transaction(application: Flask) -> None:
    """Mail scanners and prefetching browsers follow every link there is."""
    changing = {rule.endpoint for rule in application.url_map.iter_rules() if "POST" in (rule.methods or ())}
    writing = [
        name
        for name, view in endpoints(application).items()
        if name not in changing and "transaction(" in inspect.getsource(inspect.unwrap(view))
    ]
    assert writing == []


def test_no_form_is_exempt_from_the_csrf_token_but_the_button_of_mail_programs(application: Flask) -> None:
    csrf = application.extensions["csrf"]
    assert isinstance(csrf, CSRFProtect)
    assert csrf._exempt_views == {"exchange.preferences.views.stop_at_once"}
    assert csrf._exempt_blueprints == set()
    assert application.config["WTF_CSRF_ENABLED"]
