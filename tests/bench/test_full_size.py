"""The network of the benchmarks can still be built, and each page that is measured answers."""

from pathlib import Path

import pytest

from exchange.app import create_app
from exchange.models import Role
from tests.bench.full_size import NOW, build
from tests.bench.pages import PAGES, signed_in
from tests.compiled import with_compiled_templates

pytestmark = pytest.mark.slow


def test_network_is_built_and_every_page_that_is_measured_answers(tmp_path: Path) -> None:
    settings = build(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}")
    app = with_compiled_templates(create_app(settings, now=lambda: NOW))
    coordinator = signed_in(app, settings, Role.COORDINATOR, NOW)
    answers = {name: coordinator.get(path).status_code for name, path in PAGES.items()}
    assert {name: status for name, status in answers.items() if status != 200} == {}
    app.extensions["exchange"].database.dispose()
