"""Real mail servers for a module of tests, and an installation that uses them."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from exchange.db import Database
from exchange.settings import Settings
from tests.invitations.conftest import Post
from tests.mailserver.servers import MailServers, ServersUnavailable, running_servers
from tests.required import unavailable

BOX, READER = "programme", "maria"


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    try:
        with running_servers(BOX, READER) as started:
            yield started
    except ServersUnavailable as reason:
        unavailable(str(reason))


@pytest.fixture
def settings(database_url: str, tmp_path: object, servers: MailServers) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        sample=False,
        base_url="https://exchange.example.org",
        mail_from=f"CTPN Exchange <{BOX}@example.org>",
        smtp_url=SecretStr(servers.smtp_url(BOX)),
        imap_url=SecretStr(servers.imap_url(BOX)),
    )


@pytest.fixture
def post(database: Database, settings: Settings, clock: object) -> Post:
    return Post(database, settings, clock)
