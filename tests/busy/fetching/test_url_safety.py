"""Addresses of calendars: what is one, in which form it is kept, and what of it nobody sees again."""

import pytest

from exchange.busy.encryption import seal, unseal
from exchange.busy.fetching.fetch_messages import Source
from exchange.busy.fetching.url_safety import checked_url, host_of
from exchange.errors import ConfigurationError, InvalidInput
from exchange.settings import Settings


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("webcal://example.org/a.ics", "https://example.org/a.ics"),
        (" https://example.org ", "https://example.org/"),
        ("HTTPS://example.org:8443/a?b=c#d", "https://example.org:8443/a?b=c"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert checked_url(typed, allow_http=False) == kept
    assert host_of(kept) == "example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.org/a.ics",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "example.org/a.ics",
        "https://",
        "https:///a.ics",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Evil: 1",
        "https://[::1",
        "https://" + "a" * 2000,
        "https://a..b/",
    ],
)
def test_what_is_no_address_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_url(typed, allow_http=False)
    assert refusal.value.field == "url"
    assert "secret" not in str(refusal.value)


def test_what_is_sealed_is_opened_with_the_same_secret_alone() -> None:
    source = Source("ics", "https://example.org/private-abc/basic.ics", "user", "pass word")
    mine = Settings(database_url="sqlite://")
    sealed = seal(source, mine)
    assert "private-abc" not in sealed
    assert unseal(sealed, mine) == source
    assert "private-abc" not in repr(source)
    with pytest.raises(ConfigurationError, match="Give the address again"):
        unseal(sealed, Settings(database_url="sqlite://", secret_key="another secret of this installation"))
