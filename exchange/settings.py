"""Settings: typed, from config/*.toml and EXCHANGE_* variables, the variables winning.

config/default.toml documents each with its unit; the environment's file stands above it. It opens nothing.
"""

import os
import re
import tomllib
from collections.abc import Callable
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from exchange.errors import ConfigurationError
from exchange.tokens import kept_secret, new_token, read_secret
from exchange.unsafe_settings import refuse_unsafe

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config"


class Environment(StrEnum):
    """Where the product runs; production refuses what is only for development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """All settings. Build it with load_settings, which turns faults into sentences."""

    model_config = SettingsConfigDict(env_prefix="EXCHANGE_", extra="forbid", frozen=True)

    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = ROOT / "var"
    database_url: str = ""  # empty: SQLite in data_dir
    database_connect_seconds: int = Field(default=5, ge=1, le=60)
    database_lock_seconds: int = Field(default=10, ge=1, le=600)
    database_statement_seconds: int = Field(default=60, ge=1, le=3600)
    database_idle_seconds: int = Field(default=60, ge=1, le=3600)
    database_connections: int = Field(default=20, ge=5, le=1000)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)  # None: /metrics is not there
    secret_key: SecretStr = Field(default_factory=lambda: SecretStr(new_token()))  # see load_settings
    old_secret_key: SecretStr | None = None  # for `exchange rotate-secret` alone
    audit_key: SecretStr | None = None  # None: data_dir/audit.key, made when it is missing
    audit_anchors: Path | None = None  # None: data_dir/audit-anchors.log
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: SecretStr | None = None  # None: letters go to a Maildir in data_dir
    mail_from: str = "Exchange <exchange@example.org>"
    mail_all_to: str = ""  # safe mode: every letter goes here instead
    imap_url: SecretStr | None = None  # None: nobody reads the mailbox that mail_from names
    reply_address: str = ""  # with {token}; empty: mail_from's address with +{token}
    mailbox_days: int = Field(default=365, ge=30, le=3650)  # a mailbox read anew goes back 14 days
    further_hosts: str = ""  # beside base_url's, with spaces between
    allow_http: bool = False
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    sample: bool = True
    network_name: str = "Counter-Terrorism Preparedness Network"
    network_short_name: str = "CTPN"
    network_time_zone: str = "Europe/London"
    network_file: Path = CONFIG / "network.toml"
    cycle_file: Path = CONFIG / "cycle.toml"
    observances_file: Path = CONFIG / "observances.toml"
    duties_file: Path = CONFIG / "duties.toml"
    training_file: Path = CONFIG / "training.toml"
    asks_file: Path = CONFIG / "asks.toml"
    requests_file: Path = CONFIG / "requests.toml"
    retention_file: Path = CONFIG / "retention.toml"
    privacy_file: Path = CONFIG / "privacy.md"
    privacy_contact: str = ""  # empty: mail_from's address
    session_hours: int = Field(default=24 * 7, ge=1, le=24 * 30)
    session_idle_minutes: int = Field(default=12 * 60, ge=5, le=24 * 60 * 30)
    session_idle_minutes_trusted: int = Field(default=2 * 60, ge=5, le=24 * 60 * 30)
    second_factor: Literal["production", "always", "offered"] = "production"
    second_factor_days: int = Field(default=14, ge=0, le=90)
    proof_minutes: int = Field(default=10, ge=1, le=60)
    sign_in_minutes: int = Field(default=20, ge=1, le=24 * 60)
    oidc_issuer: str = ""  # empty: nobody signs in at an identity provider
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None  # None: a public client, which PKCE alone protects
    oidc_button: str = ""  # empty: words of our own, in the reader's language
    oidc_second_factor: str = ""  # values of acr and amr, with spaces between; empty: none is believed
    oidc_allow_private: bool = False
    oidc_ca_file: Path | None = None
    oidc_seconds: int = Field(default=10, ge=1, le=60)
    letters_per_tick: int = Field(default=200, ge=1)
    deliver_seconds: int = Field(default=15, ge=1, le=3600)
    smtp_timeout_seconds: int = Field(default=60, ge=1, le=600)
    stuck_seconds: int = Field(default=600, ge=2, le=24 * 3600)
    web_threads: int = Field(default=4, ge=1, le=100)
    body_seconds: float = Field(default=30, ge=0.1, le=600)
    body_bytes_per_second: int = Field(default=20_000, ge=1_000)
    reader_seconds: float = Field(default=30, ge=1, le=600)
    feed_check_seconds: float = Field(default=1.0, ge=0, le=2)
    feed_memory_mib: int = Field(default=32, ge=1, le=4096)
    feed_outlet: str = ""  # empty: none; a folder, or s3://bucket/prefix
    feed_outlet_secret: bool = False
    feed_outlet_endpoint: str = ""
    busy_minutes: int = Field(default=60, ge=5, le=24 * 60)
    busy_seconds: int = Field(default=60, ge=2, le=600)
    busy_bytes: int = Field(default=5_000_000, ge=10_000, le=50_000_000)
    busy_allow_private: bool = False
    busy_ca_file: Path | None = None
    upload_dir: Path | None = None  # None: data_dir/uploads
    backup_dir: Path | None = None  # None: no clock makes backups
    backups_kept: int = Field(default=14, ge=1, le=1000)
    clamd: str = ""  # empty: no virus scanner is asked
    upload_max_mb: int = Field(default=10, ge=1, le=100)
    plan_megabytes: int = Field(default=1000, ge=300, le=64_000)
    plan_stale_seconds: int = Field(default=60, ge=5, le=3600)
    burden_shoulder: int = Field(default=1, ge=0, le=1000)
    burden_night: int = Field(default=4, ge=0, le=1000)
    burden_per: Literal["event", "minute"] = "event"
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of who wins: arguments, EXCHANGE_* variables, the environment's file, default.toml."""
        environment = os.environ.get("EXCHANGE_ENVIRONMENT", Environment.DEVELOPMENT)
        files = [CONFIG / "default.toml", CONFIG / f"{environment}.toml"]
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=files)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.database_url:  # frozen: the only change, made before anybody sees the object
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.resolve() / 'exchange.db'}")
        return self

    @field_validator("mail_all_to")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
            raise ValueError("write one address like trial@your.domain, or leave it empty")
        return value

    @field_validator("clamd")
    @classmethod
    def _scanner_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"/.+|[^:/\s]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}", value):
            raise ValueError(
                "write host:port, like 127.0.0.1:3310, or the path of a socket, or leave it empty"
            )
        return value

    @model_validator(mode="after")
    def _claims_outlast_sending(self) -> Self:
        if self.stuck_seconds < 3 * self.smtp_timeout_seconds:
            raise ValueError(
                "stuck_seconds must be at least three times smtp_timeout_seconds, "
                "or a letter still on its way would be sent twice"
            )
        return self

    @model_validator(mode="after")
    def _nights_cost_most(self) -> Self:
        if self.burden_night < self.burden_shoulder:
            raise ValueError("burden_night cannot be less than burden_shoulder")
        return self

    @model_validator(mode="after")
    def _replies_hold_a_token(self) -> Self:
        if self.reply_address and (
            self.reply_address.count("{token}") != 1 or "@" not in self.reply_address.partition("{token}")[2]
        ):
            raise ValueError(
                "reply_address must hold {token} once, before the @, like exchange+{token}@example.org"
            )
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if not self.oidc_issuer:
            if self.oidc_client_id or self.oidc_client_secret:
                raise ValueError("oidc_client_id and oidc_client_secret are of no use without oidc_issuer")
            return self
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("oidc_issuer must be an https address, as the identity provider states it")
        if not self.oidc_client_id:
            raise ValueError("oidc_client_id is missing: the name under which the identity provider knows us")
        return self

    @property
    def reply_pattern(self) -> str:
        """The address that takes the answers of calendars, with {token} in place of its secret."""
        local_part, _, domain = parseaddr(self.mail_from)[1].rpartition("@")
        return self.reply_address or f"{local_part}+{{token}}@{domain}"

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation by TLS alone."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def is_production(self) -> bool:
        """Whether people depend on this installation."""
        return self.environment is Environment.PRODUCTION

    @property
    def enforces_second_factor(self) -> bool:
        """Whether who plans, administers or audits must set one up in time, and not only may."""
        return self.second_factor == "always" or (self.second_factor == "production" and self.is_production)

    @property
    def uploads(self) -> Path:
        """The folder of the files that people hand in; no web server may serve it."""
        return self.upload_dir or self.data_dir / "uploads"

    @property
    def anchor_file(self) -> Path:
        """The file outside the database that says how long the audit trail was, and when."""
        return self.audit_anchors or self.data_dir / "audit-anchors.log"

    @property
    def mail_dir(self) -> Path:
        """The Maildir that takes letters when there is no mail server."""
        return self.data_dir / "mail"


def load_settings() -> Settings:
    """The settings of this process, checked.

    Without a secret among them it is the one kept in data_dir, or while there is none one for this process
    alone; production needs one of its own. Raises ConfigurationError, which names setting and fault.
    """
    try:
        settings = Settings()
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError("The settings cannot be read: %(cause)s", cause=_in_words(error)) from error
    if "secret_key" not in settings.model_fields_set and not settings.is_production:
        kept = _secret_of(settings, read_secret)
        settings = settings.model_copy(update={"secret_key": SecretStr(kept)}) if kept else settings
    refuse_unsafe(settings)
    return settings


def installed_settings() -> Settings:
    """As load_settings, for what signs: in development a secret is made and kept while there is none.

    Raises ConfigurationError as it does, and when the secret cannot be kept.
    """
    settings = load_settings()
    if "secret_key" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(_secret_of(settings, kept_secret) or "")})


def unwritable(folder: Path, error: Exception) -> ConfigurationError:
    """What is said of a folder in which nothing can be kept."""
    return ConfigurationError(
        "Nothing can be written to %(folder)s (%(cause)s): make it writable for this user, "
        "or set EXCHANGE_DATA_DIR to a folder that is.",
        folder=folder,
        cause=getattr(error, "strerror", "") or type(error).__name__,
    )


def _secret_of(settings: Settings, find: Callable[[Path], str | None]) -> str | None:
    try:
        return find(settings.data_dir)
    except (OSError, UnicodeDecodeError) as error:
        raise unwritable(settings.data_dir, error) from error


def _in_words(error: ValidationError | tomllib.TOMLDecodeError) -> str:
    if isinstance(error, tomllib.TOMLDecodeError):
        return str(error)
    first = error.errors()[0]
    if not first["loc"]:  # about several settings: its own words name them
        return first["msg"].removeprefix("Value error, ") + "."
    name = ".".join(str(part) for part in first["loc"])
    return f"{name} (EXCHANGE_{name.upper()}): {first['msg']}."


def read_toml(path: Path) -> dict[str, object]:
    """A TOML document; raises ConfigurationError with the file and, for a fault in it, the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        said = "%(file)s cannot be read: %(cause)s"
        raise ConfigurationError(said, file=path, cause=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("%(file)s: %(cause)s", file=path, cause=error) from error
