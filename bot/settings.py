"""Owns the settings: read once at start from the environment and .env, checked, each explained in .env.example."""

from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting cannot be used; the message is one line that says which and what is wanted."""


class Settings(BaseSettings):
    """Everything that differs between one installation and another."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="forbid", env_ignore_empty=True)

    mendline_firm: str = Field(default="Mendline", min_length=1, max_length=60)
    mendline_host: str = "127.0.0.1"
    mendline_port: int = Field(default=8080, ge=1, le=65535)
    mendline_public_url: str = ""
    mendline_data: Path = Path("var")
    mendline_policy: str = Field(default="default", pattern=r"^[a-z0-9_-]+$")
    mendline_locale: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"
    mendline_zone: str = "Asia/Shanghai"
    mendline_max_upload_mb: int = Field(default=20, ge=1, le=200)
    mendline_log: Literal["debug", "info", "warning"] = "info"
    mendline_demo: bool = False

    database_url: str = ""

    telegram_token: SecretStr = SecretStr("")
    telegram_driver: Literal["ptb", "aiohttp"] = "ptb"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_per_second: float = Field(default=28, gt=0)
    telegram_per_chat: float = Field(default=1, gt=0)
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_base_file_url: str = "https://api.telegram.org/file/bot"

    @field_validator("mendline_zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("wants a zone such as Asia/Shanghai")
        return zone

    @field_validator("telegram_token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        number, _, rest = token.get_secret_value().partition(":")
        if token.get_secret_value() and not (number.isdigit() and rest):
            raise ValueError("wants the token as BotFather gave it, 123456:ABC…")
        return token

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Self:
        if self.telegram_mode == "webhook" and self.telegram_token.get_secret_value():
            if not self.mendline_public_url.startswith("https://"):
                raise ValueError("TELEGRAM_MODE=webhook wants MENDLINE_PUBLIC_URL to begin with https://")
            if len(self.telegram_webhook_secret.get_secret_value()) < 16:
                raise ValueError("TELEGRAM_MODE=webhook wants TELEGRAM_WEBHOOK_SECRET, 16 letters or more")
        return self

    @property
    def database(self) -> str:
        """The database's address; an SQLite file in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{(self.mendline_data / 'mendline.db').as_posix()}"

    @property
    def public_url(self) -> str:
        """Where people reach the web faces, without a slash at the end."""
        return (self.mendline_public_url or f"http://{self.mendline_host}:{self.mendline_port}").rstrip("/")

    @property
    def policy_file(self) -> Path:
        return ROOT / "policies" / f"{self.mendline_policy}.yaml"


def read_settings() -> Settings:
    """
    Read and check the settings.

    Raises:
        SettingsError: one line naming the setting and what is wanted there.
    """
    try:
        settings = Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{name} in .env is no setting of Mendline; .env.example lists all of them") from None
        why = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {why}" if name else why) from None
    if not settings.policy_file.exists():
        raise SettingsError(f"MENDLINE_POLICY: there is no policies/{settings.mendline_policy}.yaml")
    return settings
