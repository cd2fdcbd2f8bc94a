"""Which settings this process refuses to run with. It reads none: exchange.settings does, and asks here."""

from email.utils import parseaddr
from importlib.util import find_spec
from typing import TYPE_CHECKING

from exchange.errors import ConfigurationError
from exchange.tokens import PUBLIC_SECRET

if TYPE_CHECKING:  # settings asks here, so it cannot be imported
    from exchange.settings import Settings

SECRET_MIN_CHARACTERS = 32  # 128 bits as hex, or more of anything else
LOCAL_PART_MAX = 64  # octets before the @ that every server takes (RFC 5321 4.5.3.1.1)
TOKEN_LETTERS = 32  # of the secret in an address that takes an answer
# Domains that belong to nobody (RFC 2606): no letter leaves in their name, and no answer arrives.
_OF_NOBODY = ("example.org", "example.com", "example.net", "example", "invalid")


def refuse_unsafe(settings: "Settings") -> None:
    """Raise ConfigurationError, which names the setting, for what would harm people or cannot work.

    That is a secret that others know, packages that a setting needs and nobody installed, addresses for
    answers that servers need not take; and in production
    no secret, no mail server, a sender where no answer arrives, or plain HTTP.
    """
    is_public = settings.secret_key.get_secret_value() == PUBLIC_SECRET
    if is_public or (settings.is_production and "secret_key" not in settings.model_fields_set):
        raise ConfigurationError(
            "Set EXCHANGE_SECRET_KEY to a secret of your own"
            " (python3 -c 'import secrets; print(secrets.token_urlsafe(32))' makes one)%(public)s.",
            public=": the one given is public" if is_public else "",
        )
    if settings.oidc_issuer and not speaks_openid_connect():
        raise ConfigurationError(
            "EXCHANGE_OIDC_ISSUER is set, and the packages that sign people in at an identity provider are"
            " not installed (extra sso): run python3 bootstrap.py sso, or take the setting away."
        )
    if settings.imap_url is not None:
        _refuse_long_reply_addresses(settings)
    if settings.is_production:
        _refuse_unsafe_production(settings)


def speaks_openid_connect() -> bool:
    """Whether the packages of the extra `sso` are installed."""
    return find_spec("authlib") is not None and find_spec("joserfc") is not None


def _refuse_long_reply_addresses(settings: "Settings") -> None:
    local_part = settings.reply_pattern.replace("{token}", "x" * TOKEN_LETTERS).rpartition("@")[0]
    if len(local_part.encode()) > LOCAL_PART_MAX:
        raise ConfigurationError(
            "Addresses that take answers of calendars would be too long: at most %(most)s characters stand"
            " before the @ (RFC 5321), and a secret has %(secret)s. Shorten EXCHANGE_MAIL_FROM, or set"
            " EXCHANGE_REPLY_ADDRESS to one like {token}@reply.your.domain.",
            most=LOCAL_PART_MAX,
            secret=TOKEN_LETTERS,
        )


def _refuse_unsafe_production(settings: "Settings") -> None:
    if len(settings.secret_key.get_secret_value()) < SECRET_MIN_CHARACTERS:
        raise ConfigurationError(
            "EXCHANGE_SECRET_KEY is too short: use at least %(least)s characters.",
            least=SECRET_MIN_CHARACTERS,
        )
    if settings.smtp_url is None:
        raise ConfigurationError(
            "Set EXCHANGE_SMTP_URL (smtp://user:password@host:587): in production letters must reach people."
        )
    _refuse_sender_of_nobody(settings)
    if settings.busy_allow_private:
        raise ConfigurationError(
            "EXCHANGE_BUSY_ALLOW_PRIVATE is only for development: with it a busy calendar's address"
            " could reach into your own network."
        )
    if not settings.is_https and not settings.allow_http:
        raise ConfigurationError(
            "EXCHANGE_BASE_URL is %(url)s: production needs an https address, "
            "or EXCHANGE_ALLOW_HTTP=true when something in front adds it.",
            url=settings.base_url,
        )


def _refuse_sender_of_nobody(settings: "Settings") -> None:
    _, at, host = parseaddr(settings.mail_from)[1].rpartition("@")
    domain = host.lower().rstrip(".")
    if not at or any(domain == one or domain.endswith(f".{one}") for one in _OF_NOBODY):
        raise ConfigurationError(
            "EXCHANGE_MAIL_FROM is %(sender)s, where no answer arrives: in production write the sender of"
            " your letters, such as 'CTPN Exchange <exchange@your.domain>'.",
            sender=settings.mail_from,
        )
