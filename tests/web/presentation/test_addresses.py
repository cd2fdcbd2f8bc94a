"""Addresses in templates: as Flask makes them, and none with a secret is kept."""

import pytest
from flask import Flask, url_for

from exchange.web.presentation import addresses
from exchange.web.presentation.addresses import address_of
from exchange.web.presentation.template_globals import stylesheets

ASKED: list[tuple[str, dict[str, object]]] = [
    ("network.cities", {}),
    ("network.cities", {"page": 2, "search": None}),
    ("network.cities", {"page": True}),
    ("network.cities", {"page": 1}),
    ("network.show_city", {"slug": "malmö"}),
    ("cycles.show_cycle", {"cycle_id": 7, "_anchor": "stages"}),
    ("contributions.answer", {"token": "secret"}),
    ("static", {"filename": "base.css"}),
]


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_address_is_that_of_flask(paper_app: Flask, endpoint: str, values: dict[str, object]) -> None:
    for prefix in ("", "/under", ""):
        with paper_app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
            assert address_of(endpoint, **values) == url_for(endpoint, **values)  # type: ignore[arg-type]  # as there


def test_style_sheets_stand_where_the_application_does(paper_app: Flask) -> None:
    for prefix in ("", "/under", ""):
        with paper_app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
            assert stylesheets()[0] == f"{prefix}/static/base.css"


def test_address_with_a_secret_is_not_kept(paper_app: Flask) -> None:
    addresses._remembered.cache_clear()
    with paper_app.test_request_context("/"):
        address_of("contributions.answer", token="secret")
        address_of("network.people", search="a person's name")
    assert addresses._remembered.cache_info().currsize == 0
