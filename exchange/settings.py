"""Settings: typed, from config/*.toml and EXCHANGE_* variables, the variables winning.

config/default.toml documents each one with unit and default; the file of the environment
(development or production) stands above it. Nothing here opens a database or a socket.
"""

import os
import re
import tomllib
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

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config"
SECRET_MIN_CHARACTERS = 32  # 128 bits as hex, or more of anything else
DEFAULT_SECRET = "development-only-secret-change-me"


class Environment(StrEnum):
    """Where the product runs; production refuses what is only good at a desk."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """All settings. Build it with load_settings, which turns faults into sentences."""

    model_config = SettingsConfigDict(env_prefix="EXCHANGE_", extra="forbid", frozen=True)

    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = ROOT / "var"
    database_url: str = ""  # empty: SQLite in data_dir
    secret_key: SecretStr = SecretStr(DEFAULT_SECRET)
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: SecretStr | None = None  # None: letters go to a Maildir in data_dir
    mail_from: str = "Exchange <exchange@example.org>"
    mail_all_to: str = ""  # safe mode: every letter goes here instead
    imap_url: SecretStr | None = None  # None: nobody reads the mailbox that mail_from names
    reply_address: str = ""  # with {token}; empty: mail_from's address with +{token}
    mailbox_days: int = Field(default=365, ge=30, le=3650)  # a mailbox read anew goes back 14 days
    allow_http: bool = False
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    sample: bool = True
    network_name: str = "Counter-Terrorism Preparedness Network"
    network_short_name: str = "CTPN"
    network_time_zone: str = "Europe/London"
    network_file: Path = CONFIG / "network.toml"
    cycle_file: Path = CONFIG / "cycle.toml"
    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    sign_in_minutes: int = Field(default=20, ge=1, le=24 * 60)
    letters_per_tick: int = Field(default=200, ge=1)
    deliver_seconds: int = Field(default=15, ge=1, le=3600)
    smtp_timeout_seconds: int = Field(default=60, ge=1, le=600)
    stuck_seconds: int = Field(default=600, ge=2, le=24 * 3600)
    feed_check_seconds: float = Field(default=1.0, ge=0, le=2)
    feed_memory_mib: int = Field(default=64, ge=1, le=4096)
    feed_outlet: str = ""  # empty: none; a folder, or s3://bucket/prefix
    feed_outlet_secret: bool = False
    feed_outlet_endpoint: str = ""
    busy_minutes: int = Field(default=60, ge=5, le=24 * 60)
    busy_seconds: int = Field(default=60, ge=2, le=600)
    busy_bytes: int = Field(default=5_000_000, ge=10_000, le=50_000_000)
    busy_allow_private: bool = False
    busy_ca_file: Path | None = None
    upload_dir: Path | None = None  # None: data_dir/uploads
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
        if not self.database_url:
            # frozen: the only change, made before anybody sees the object
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.resolve() / 'exchange.db'}")
        return self

    @field_validator("mail_all_to")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
            raise ValueError("write one address like trial@your.domain, or leave it empty")
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

    @property
    def is_production(self) -> bool:
        """Whether people depend on this installation."""
        return self.environment is Environment.PRODUCTION

    @property
    def uploads(self) -> Path:
        """The folder of the files that people hand in; no web server may serve it."""
        return self.upload_dir or self.data_dir / "uploads"

    @property
    def mail_dir(self) -> Path:
        """The Maildir that takes letters when there is no mail server."""
        return self.data_dir / "mail"


def load_settings() -> Settings:
    """The settings of this process, checked.

    Raises ConfigurationError with one sentence that names the setting and what is expected.
    """
    try:
        settings = Settings()
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError("The settings cannot be read: %(cause)s", cause=_in_words(error)) from error
    _refuse_unsafe(settings)
    return settings


def _in_words(error: ValidationError | tomllib.TOMLDecodeError) -> str:
    if isinstance(error, tomllib.TOMLDecodeError):
        return str(error)
    first = error.errors()[0]
    if not first["loc"]:  # about several settings: its own words name them
        return first["msg"].removeprefix("Value error, ") + "."
    name = ".".join(str(part) for part in first["loc"])
    return f"{name} (EXCHANGE_{name.upper()}): {first['msg']}."


def _refuse_unsafe(settings: Settings) -> None:
    """Production only: a known secret, no mail server, or plain HTTP would harm people."""
    if not settings.is_production:
        return
    if settings.secret_key.get_secret_value() == DEFAULT_SECRET:
        raise ConfigurationError(
            "Set EXCHANGE_SECRET_KEY to a secret of your own: the default one is public."
        )
    if len(settings.secret_key.get_secret_value()) < SECRET_MIN_CHARACTERS:
        raise ConfigurationError(
            "EXCHANGE_SECRET_KEY is too short: use at least %(least)s characters.",
            least=SECRET_MIN_CHARACTERS,
        )
    if settings.smtp_url is None:
        raise ConfigurationError(
            "Set EXCHANGE_SMTP_URL (smtp://user:password@host:587): in production letters must reach people."
        )
    if settings.busy_allow_private:
        raise ConfigurationError(
            "EXCHANGE_BUSY_ALLOW_PRIVATE is only good at a desk: with it a busy calendar's address"
            " could reach into your own network."
        )
    if urlsplit(settings.base_url).scheme != "https" and not settings.allow_http:
        raise ConfigurationError(
            "EXCHANGE_BASE_URL is %(url)s: production needs an https address, "
            "or EXCHANGE_ALLOW_HTTP=true when something in front adds it.",
            url=settings.base_url,
        )


def read_toml(path: Path) -> dict[str, object]:
    """A TOML document; raises ConfigurationError with the file and, for a fault in it, the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be read: %(cause)s", file=path, cause=error.strerror
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("%(file)s: %(cause)s", file=path, cause=error) from error
