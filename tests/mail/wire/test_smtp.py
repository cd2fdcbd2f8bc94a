"""SMTP against a real server on loopback: what is sent, how it is secured, and how each failure is named."""

import ssl
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import trustme

from exchange.errors import ConfigurationError
from exchange.mail.wire.mime_message import Envelope, enveloped
from exchange.mail.wire.smtp import SmtpTransport
from exchange.mail.wire.transport import Dropped, Refused, TryLater, Unreachable
from exchange.models import Letter
from tests.mail.letters import NOW
from tests.mail.sink import PASSWORD, USER, Sink, running

NOTHING = iter(())  # else to do meanwhile
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}"


def letter(to: str = "reader@example.org", name: str = "Åsa Öberg", **fields: object) -> Letter:
    values: dict[str, object] = {
        "to_name": name,
        "to_address": to,
        "subject": "[TLP:CLEAR] Möte",
        "text": "Dear Åsa,\n" + "long " * 400 + "\n.\nend\n",
        "html": "<p>Dear Åsa</p>",
        "message_id": "<1@example.org>",
    }
    return Letter(**(values | fields))


def message(to: str = "reader@example.org") -> Envelope:
    return enveloped(letter(to), mail_from="Exchange <exchange@example.org>", now=NOW)


def transport(url: str, *, timeout: float = 5, tls: ssl.SSLContext | None = None) -> SmtpTransport:
    return SmtpTransport(url, timeout=timeout, tls=tls)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_letters_share_one_connection_and_arrive_whole() -> None:
    sink = Sink()
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        for to in ("one@example.org", "two@example.org"):
            carrier.ready()
            carrier.send(message(to), NOTHING)
        carrier.close()
    assert [to for to, _ in sink.arrived] == ["one@example.org", "two@example.org"]
    assert sink.connections == 1
    first = sink.messages[0]
    assert (str(first["Subject"]), str(first["To"])) == ("[TLP:CLEAR] Möte", "Åsa Öberg <one@example.org>")
    assert (first["Message-ID"], first["Auto-Submitted"]) == ("<1@example.org>", "auto-generated")
    assert first["Date"].datetime == NOW
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    body = first.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == letter().text  # the line with one dot as well
    assert max(len(line) for line in sink.arrived[0][1].split(b"\r\n")) <= 998  # RFC 5322 2.1.1


def test_starttls_and_login_with_a_password_that_needs_percent_signs(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    sink = Sink()
    with running(sink, tls=server_tls, needs_login=True) as at:
        carrier = transport(f"smtp://{LOGIN}@{at}?starttls=required", tls=client_tls)
        carrier.ready()
        carrier.send(message(), NOTHING)
        carrier.close()
    assert len(sink.arrived) == 1


def test_smtps_speaks_tls_from_the_first_byte(
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    authority: trustme.CA,
) -> None:
    sink = Sink()
    with running(sink, tls=server_tls, is_implicit=True) as at:
        carrier = transport(f"smtps://{at}", tls=client_tls)
        carrier.ready()
        carrier.send(message(), NOTHING)
        carrier.close()
    assert len(sink.arrived) == 1


def test_a_certificate_nobody_vouches_for_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    with running(Sink(), tls=server_tls) as at, pytest.raises(Unreachable, match="certificate verify failed"):
        transport(f"smtp://{at}").ready()


def test_a_wrong_password_reaches_no_server(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with (
        running(Sink(), tls=server_tls, needs_login=True) as at,
        pytest.raises(Unreachable, match="535"),
    ):
        transport(f"smtp://somebody:wrong@{at}", tls=client_tls).ready()


@pytest.mark.parametrize("url", ["smtp://{login}@{at}", "smtp://{at}?starttls=required"])
def test_without_encryption_neither_password_nor_letter_leaves(url: str) -> None:
    """A man in the middle who hides STARTTLS gets no password; required means required."""
    with running(Sink()) as at, pytest.raises(Unreachable, match="STARTTLS"):
        transport(url.format(login=LOGIN, at=at)).ready()


def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="refused"):
        transport("smtp://127.0.0.1:9").ready()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("550 5.1.1 No such user", Refused),
        ("452 4.2.2 Mailbox full", TryLater),
        ("421 4.3.2 Going down", TryLater),
    ],
)
@pytest.mark.parametrize("moment", ["at_recipient", "at_data"])
def test_the_answer_decides_between_never_and_later(
    moment: str, answer: str, verdict: type[Exception]
) -> None:
    sink = Sink(**{moment: lambda _what: answer})  # type: ignore[arg-type]
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        carrier.ready()
        with pytest.raises(verdict) as failure:
            carrier.send(message(), NOTHING)
        setattr(sink, moment, lambda _what: "250 OK")
        carrier.ready()  # whatever happened, the next letter has a way
        carrier.send(message("next@example.org"), NOTHING)
        carrier.close()
    assert str(failure.value).startswith(answer[:3])
    assert [to for to, _ in sink.arrived] == ["next@example.org"]


def test_other_work_is_begun_before_the_letter_is_shown_and_done_in_the_waits() -> None:
    shown: list[int] = []
    sink = Sink(at_data=lambda _content: shown.append(len(done)) or "250 OK")  # type: ignore[func-returns-value]
    done: list[str] = []
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        carrier.ready()
        carrier.send(message(), (done.append(piece) for piece in "abcdefgh"))
        carrier.close()
    assert done == [*"abcd"]  # MAIL, RCPT, DATA, and the letter itself
    assert shown[0] >= 3


def test_a_failure_of_the_other_work_goes_through_and_nothing_is_sent() -> None:
    def failing() -> Iterator[None]:
        raise ZeroDivisionError
        yield

    sink = Sink()
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        carrier.ready()
        with pytest.raises(ZeroDivisionError):
            carrier.send(message(), failing())
        carrier.close()
    assert not sink.arrived


@pytest.mark.parametrize("moment", ["at_recipient", "at_data"])
def test_a_dropped_connection_is_named_and_replaced(moment: str) -> None:
    sink = Sink(**{moment: lambda _what: "drop"})  # type: ignore[arg-type]
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        carrier.ready()
        with pytest.raises(Dropped):
            carrier.send(message(), NOTHING)
        setattr(sink, moment, lambda _what: "250 OK")
        carrier.ready()
        carrier.send(message(), NOTHING)
        carrier.close()
    assert len(sink.arrived) == 1


def test_a_server_that_dallies_longer_than_the_deadline_is_dropped() -> None:
    with running(Sink(seconds=3)) as at:
        carrier = transport(f"smtp://{at}", timeout=0.3)
        carrier.ready()
        with pytest.raises(Dropped):
            carrier.send(message(), NOTHING)


def test_an_international_address_goes_to_a_server_that_takes_it() -> None:
    sink = Sink()
    with running(sink) as at:
        carrier = transport(f"smtp://{at}")
        for to in ("åsa@example.org", "asa@bücher.example"):
            carrier.ready()
            carrier.send(message(to), NOTHING)
        carrier.close()
    assert [to for to, _ in sink.arrived] == ["åsa@example.org", "asa@xn--bcher-kva.example"]
    assert "åsa@example.org" in sink.arrived[0][1].decode()


@pytest.mark.parametrize("url", ["mail.example.org", "http://host", "smtp://", "smtp://host:no"])
def test_an_address_of_no_mail_server_is_said_so(url: str) -> None:
    with pytest.raises(ConfigurationError, match="EXCHANGE_SMTP_URL is not understood"):
        transport(url)


def test_a_password_that_the_client_cannot_encode_is_said_so() -> None:
    with pytest.raises(ConfigurationError, match="ASCII"):
        transport("smtp://user:p%C3%A5ss@host")


def test_an_unknown_word_for_starttls_is_said_so() -> None:
    with pytest.raises(ConfigurationError, match="starttls=maybe"):
        transport("smtp://host?starttls=maybe")
