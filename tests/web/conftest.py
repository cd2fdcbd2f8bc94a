"""An application for tests that ask no database: it is never migrated and never opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from exchange.app import create_app
from exchange.settings import Settings
from tests.compiled import with_compiled_templates


@pytest.fixture
def paper_app(tmp_path: Path) -> Iterator[Flask]:
    """Forms and filters in the language of a request, without a database behind them."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/none.db", data_dir=tmp_path)
    made = with_compiled_templates(create_app(settings))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    made.extensions["exchange"].database.dispose()
