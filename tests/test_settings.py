"""Settings: documented, typed, and refused in production when they would harm people."""

import re
import sys

import pytest

from exchange.errors import ConfigurationError
from exchange.settings import CONFIG, Settings, load_settings

SAFE = {
    "EXCHANGE_ENVIRONMENT": "production",
    "EXCHANGE_SECRET_KEY": "s" * 32,
    "EXCHANGE_SMTP_URL": "smtp://mail.example.org",
    "EXCHANGE_BASE_URL": "https://exchange.example.org",
    "EXCHANGE_MAIL_FROM": "Exchange <exchange@cities.test>",
}


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (f"EXCHANGE_{field.upper()}" for field in Settings.model_fields):
        monkeypatch.delenv(name, raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_production_with_everything_set_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, SAFE)
    assert load_settings().is_production
    assert not load_settings().sample


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"EXCHANGE_SECRET_KEY": None}, "Set EXCHANGE_SECRET_KEY to a secret of your own"),
        ({"EXCHANGE_SECRET_KEY": "short"}, "EXCHANGE_SECRET_KEY is too short"),
        ({"EXCHANGE_SMTP_URL": None}, "Set EXCHANGE_SMTP_URL"),
        (
            {"EXCHANGE_MAIL_FROM": None},
            "EXCHANGE_MAIL_FROM is Exchange <exchange@example.org>, where",
        ),
        ({"EXCHANGE_MAIL_FROM": "exchange@mail.EXAMPLE.com."}, "EXCHANGE_MAIL_FROM is exchange@mail.EXAMPLE"),
        ({"EXCHANGE_MAIL_FROM": "Exchange"}, "EXCHANGE_MAIL_FROM is Exchange, where no answer arrives"),
        ({"EXCHANGE_BUSY_ALLOW_PRIVATE": "true"}, "EXCHANGE_BUSY_ALLOW_PRIVATE is only for development"),
        ({"EXCHANGE_BASE_URL": "http://exchange.example.org"}, "production needs an https address"),
    ],
)
def test_production_refuses_what_would_harm(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str | None], sentence: str
) -> None:
    _set(monkeypatch, {k: v for k, v in (SAFE | change).items() if v is not None})
    with pytest.raises(ConfigurationError, match=re.escape(sentence)) as refusal:
        load_settings()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"EXCHANGE_OIDC_ISSUER": "http://id.example.org"}, "oidc_issuer must be an https address"),
        ({"EXCHANGE_OIDC_ISSUER": "https://id.example.org/?a=b"}, "oidc_issuer must be an https address"),
        ({"EXCHANGE_OIDC_CLIENT_ID": None}, "oidc_client_id is missing"),
        ({"EXCHANGE_OIDC_ISSUER": None}, "of no use without oidc_issuer"),
        ({"EXCHANGE_OIDC_SECONDS": "0"}, "EXCHANGE_OIDC_SECONDS"),
    ],
)
def test_provider_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str | None], sentence: str
) -> None:
    whole = {"EXCHANGE_OIDC_ISSUER": "https://id.example.org", "EXCHANGE_OIDC_CLIENT_ID": "exchange"}
    _set(monkeypatch, whole)
    assert load_settings().oidc_issuer == "https://id.example.org"
    for name in whole:
        monkeypatch.delenv(name)
    _set(monkeypatch, {name: value for name, value in (whole | change).items() if value is not None})
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        load_settings()


def test_provider_needs_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"EXCHANGE_OIDC_ISSUER": "https://id.example.org", "EXCHANGE_OIDC_CLIENT_ID": "exchange"}
    _set(monkeypatch, given)
    monkeypatch.setitem(sys.modules, "joserfc", None)
    with pytest.raises(ConfigurationError, match=r"extra sso.*bootstrap\.py sso"):
        load_settings()


def test_plain_http_is_allowed_when_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, SAFE | {"EXCHANGE_BASE_URL": "http://10.0.0.1", "EXCHANGE_ALLOW_HTTP": "true"})
    assert load_settings().allow_http


def test_wrong_type_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_SESSION_HOURS", "soon")
    with pytest.raises(ConfigurationError, match="EXCHANGE_SESSION_HOURS"):
        load_settings()


def test_settings_that_contradict_each_other_are_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It said " (EXCHANGE_): Value error, stuck_seconds must be ...", naming no setting first."""
    monkeypatch.setenv("EXCHANGE_STUCK_SECONDS", "60")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings()
    said = "The settings cannot be read: stuck_seconds must be at least three times smtp_timeout_seconds, or"
    assert str(refusal.value).startswith(said)
    monkeypatch.delenv("EXCHANGE_STUCK_SECONDS")
    monkeypatch.setenv("EXCHANGE_BURDEN_SHOULDER", "5")
    with pytest.raises(ConfigurationError, match="burden_night cannot be less than burden_shoulder"):
        load_settings()


@pytest.mark.parametrize(
    "pattern", ["exchange@example.org", "exchange@{token}.org", "{token}+{token}@example.org", "{token}"]
)
def test_a_reply_address_without_its_token_is_refused(monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    monkeypatch.setenv("EXCHANGE_REPLY_ADDRESS", pattern)
    with pytest.raises(ConfigurationError, match="reply_address must hold {token} once, before the @"):
        load_settings()


def test_unknown_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_ENVIRONMENT", "staging")
    with pytest.raises(ConfigurationError, match="EXCHANGE_ENVIRONMENT"):
        load_settings()


def test_each_setting_is_documented_with_its_default() -> None:
    text = (CONFIG / "default.toml").read_text()
    missing = [name for name in Settings.model_fields if not re.search(rf"^(# )?{name} = .*#", text, re.M)]
    assert missing == []


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, SAFE)
    assert "s" * 32 not in repr(load_settings())


@pytest.mark.parametrize(
    ("local_part", "is_refused"), [("a" * 31, False), ("a" * 32, True), ("ä" * 16, True)]
)
def test_an_address_for_answers_that_no_server_must_take_is_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, local_part: str, is_refused: bool
) -> None:
    """RFC 5321 4.5.3.1.1: servers need not take more than 64 octets before the @."""
    monkeypatch.setenv("EXCHANGE_MAIL_FROM", f"Exchange <{local_part}@example.org>")
    load_settings()  # nobody reads answers
    monkeypatch.setenv("EXCHANGE_IMAP_URL", "imaps://user:word@mail.example.org/INBOX")
    if not is_refused:
        load_settings()
        return
    with pytest.raises(ConfigurationError, match="at most 64 characters stand"):
        load_settings()
