"""Bad servers, each a real one on loopback: a sentence for each vice, and never more bytes than allowed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange.busy.fetching import http_fetch as fetching
from exchange.busy.fetching.child import see
from exchange.busy.fetching.fetch_messages import Limits, LookFailed, Question, Seen, Source
from tests.busy.server import Stranger, running

FROM_AT = datetime(2026, 11, 17, tzinfo=UTC)
TO_AT = datetime(2028, 2, 17, tzinfo=UTC)


def asked(url: str, **more: str) -> Question:
    user, password = more.pop("user", ""), more.pop("password", "")
    return Question(Source("ics", url, user, password), FROM_AT, TO_AT, "Europe/Stockholm", **more)


@pytest.mark.parametrize("path", ["/good.ics", "/packed.ics", "/chunked.ics", "/chunked-packed.ics", "/hop3"])
def test_a_calendar_is_read_packed_or_not_and_over_three_redirects(
    stranger: Stranger, limits: Limits, path: str
) -> None:
    seen = see(asked(stranger.url + path), limits)
    assert [one.starts_at for one in seen.intervals or ()] == [datetime(2027, 1, 11, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/page", "a web page and no calendar"),
        ("/cut-chunks.ics", "broke off|breaks off"),
        ("/bad-chunks.ics", "broke off"),
        ("/short.ics", "broke off|no calendar"),
        ("/half.ics", "breaks off in the middle"),
        ("/text", "no calendar: it does not begin as one"),
        ("/announced-50MB", "larger than 0.1 MB"),
        ("/endless", "larger than 0.1 MB"),
        ("/bomb", "larger than 0.1 MB"),
        ("/spoilt.ics", "broke off"),
        ("/brotli.ics", "packs the calendar in a way"),
        ("/loop", "more than 3 redirects"),
        ("/hop4", "more than 3 redirects"),
        ("/to-file", "it must be https"),
        ("/to-nowhere", "more than 3 redirects"),
        ("/401", "401"),
        ("/403", "403"),
        ("/nothing", "404"),
        ("/410", "taken down for good"),
        ("/429", "less often"),
        ("/500", "a fault of its own"),
        ("/teapot", "418"),
    ],
)
def test_each_vice_of_a_server_has_its_sentence(
    stranger: Stranger, limits: Limits, path: str, words: str
) -> None:
    with pytest.raises(LookFailed, match=words):
        see(asked(stranger.url + path), limits)


def test_a_server_that_trickles_is_left_when_the_time_is_up(stranger: Stranger, limits: Limits) -> None:
    with pytest.raises(LookFailed, match="too slowly"):
        see(asked(stranger.url + "/trickle"), replace(limits, seconds=1))


def test_a_server_that_says_nothing_is_left(
    stranger: Stranger, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.1)
    with pytest.raises(LookFailed, match="too slowly|broke off"):
        see(asked(stranger.url + "/trickle"), limits)


def test_a_certificate_that_nobody_vouches_for_is_refused(stranger: Stranger, limits: Limits) -> None:
    with pytest.raises(LookFailed, match="certificate"):
        see(asked(stranger.url + "/good.ics"), replace(limits, ca_file=None))
    with pytest.raises(LookFailed, match="certificate"):  # right authority, another name
        see(asked(stranger.url.replace("localhost", "127.0.0.1") + "/good.ics"), limits)
    assert stranger.asked == []


def test_our_own_network_is_not_read_directly_or_by_a_redirect(stranger: Stranger, limits: Limits) -> None:
    closed = replace(limits, allow_private=False)
    with pytest.raises(LookFailed, match="private network"):
        see(asked(stranger.url + "/good.ics"), closed)
    assert stranger.asked == []
    with pytest.raises(LookFailed, match="must be https"):
        see(asked("http://example.org/a.ics"), closed)


def test_a_redirect_into_a_private_network_is_refused_on_its_own_hop(
    stranger: Stranger, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server counts as public here, as a stranger's would; the address it names is checked anew."""
    from exchange.outgoing import pinned_connections

    real = pinned_connections.is_public
    monkeypatch.setattr(
        pinned_connections, "is_public", lambda address: address in {"127.0.0.1", "::1"} or real(address)
    )
    closed = replace(limits, allow_private=False)
    assert see(asked(stranger.url + "/good.ics"), closed).intervals
    with pytest.raises(LookFailed, match="169.254.169.254 leads into a private network"):
        see(asked(stranger.url + "/to-metadata"), closed)


def test_no_server_is_said_to_be_none(limits: Limits) -> None:
    with pytest.raises(LookFailed, match=r"no server called nothing\.invalid"):
        see(asked("https://nothing.invalid/"), limits)
    with running() as gone:
        url = gone.url
    with pytest.raises(LookFailed, match="could not be reached"):
        see(asked(url), limits)


def test_an_unchanged_calendar_is_not_sent_again(stranger: Stranger, limits: Limits) -> None:
    first = see(asked(stranger.url + "/own.ics"), limits)
    assert first.etag == '"v1"'
    again = see(asked(stranger.url + "/own.ics", etag=first.etag), limits)
    assert again == Seen(None, etag='"v1"')
    stranger.etag = '"v2"'
    assert see(asked(stranger.url + "/own.ics", etag=first.etag), limits).intervals


def test_the_password_goes_to_its_server_and_to_no_other(stranger: Stranger, limits: Limits) -> None:
    with running() as other:
        from tests.busy.server import ROUTES, to

        ROUTES["/to-other"] = to(f"{other.url}/good.ics")
        see(asked(stranger.url + "/to-other", user="ann", password="secret word"), limits)
        ((_path, sent),) = stranger.asked
        ((_other_path, passed_on),) = other.asked
    assert sent["Authorization"].startswith("Basic ")
    assert "Authorization" not in passed_on


@pytest.mark.parametrize("path", ["/by-second.ics", "/broken-zone.ics"])
def test_an_entry_without_sense_is_left_out_of_a_calendar_that_is_read(
    stranger: Stranger, limits: Limits, path: str
) -> None:
    seen = see(asked(stranger.url + path), limits)
    assert (len(seen.intervals or ()), seen.left_out) == (1, 1)


@pytest.mark.parametrize("path", ["/owa-refusal", "/owa-refusal-page"])
def test_microsoft_s_refusal_of_a_program_says_what_to_do(
    stranger: Stranger, limits: Limits, path: str
) -> None:
    """Since 2025 published calendars of many tenants answer 500, or lead to a page of errors."""
    with pytest.raises(LookFailed, match="refuses programs that it does not know"):
        see(asked(stranger.url + path), limits)
    assert stranger.asked[0][1]["User-Agent"].startswith("Mozilla/5.0 (compatible; Exchange")


def test_a_server_that_wants_digest_gets_it(stranger: Stranger, limits: Limits) -> None:
    """Some CalDAV servers know no Basic."""
    url = f"{stranger.url}/digest.ics"
    seen = see(asked(url, user="ann", password="secret word"), limits)
    assert len(seen.intervals or ()) == 1
    assert stranger.asked[-1][1]["Authorization"].startswith("Digest ")
    with pytest.raises(LookFailed, match="401"):
        see(asked(url, user="ann", password="wrong"), limits)
