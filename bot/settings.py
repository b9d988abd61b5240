"""Owns the settings: read once at start from the environment and .env, checked, each explained in .env.example."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.channels.sms.gateway import read_gateways

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
    mendline_form_per_hour: int = Field(default=10, ge=0)
    mendline_demo: bool = False

    database_url: str = ""

    routing_url: str = ""

    telegram_token: SecretStr = SecretStr("")
    telegram_driver: Literal["ptb", "aiohttp"] = "ptb"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_per_second: float = Field(default=28, gt=0)
    telegram_per_chat: float = Field(default=1, gt=0)
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_base_file_url: str = "https://api.telegram.org/file/bot"

    email_address: str = Field(default="", max_length=60)
    email_user: str = ""
    email_password: SecretStr = SecretStr("")
    email_imap_host: str = ""
    email_imap_port: int = Field(default=993, ge=1, le=65535)
    email_imap_security: Literal["tls", "starttls", "none"] = "tls"
    email_smtp_host: str = ""
    email_smtp_port: int = Field(default=465, ge=1, le=65535)
    email_smtp_security: Literal["tls", "starttls", "none"] = "tls"
    email_smtp_login: bool = True
    email_ca_file: str = ""
    email_folder: str = "INBOX"
    email_done_folder: str = ""
    email_aside_folder: str = Field(default="Mendline-aside", min_length=1)
    email_plus: bool = True
    email_poll_seconds: int = Field(default=60, ge=1, le=1500)
    email_gather_seconds: float = Field(default=2, ge=0, le=30)
    email_per_hour: int = Field(default=40, ge=1)

    sms_gateway: SecretStr = SecretStr("")
    sms_per_second: float = Field(default=5, gt=0)

    wechat_app_id: str = Field(default="", pattern=r"^(wx[0-9a-zA-Z]{6,40})?$")
    wechat_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_menu: bool = True
    wechat_base_url: str = "https://api.weixin.qq.com"

    @field_validator("mendline_zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("wants a zone such as Asia/Shanghai")
        return zone

    @field_validator("routing_url")
    @classmethod
    def _routing_can_be_asked(cls, url: str) -> str:
        told = urlsplit(url)
        if url and not (told.scheme in ("http", "https") and told.hostname and not told.query and not told.fragment):
            raise ValueError("wants the address of an OSRM server such as http://osrm:5000")
        return url

    @field_validator("telegram_token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        number, _, rest = token.get_secret_value().partition(":")
        if token.get_secret_value() and not (number.isdigit() and rest):
            raise ValueError("wants the token as BotFather gave it, 123456:ABC…")
        return token

    @field_validator("sms_gateway")
    @classmethod
    def _gateway_is_understood(cls, gateway: SecretStr) -> SecretStr:
        read_gateways(gateway.get_secret_value())
        return gateway

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Self:
        if self.telegram_mode == "webhook" and self.telegram_token.get_secret_value():
            if not self.mendline_public_url.startswith("https://"):
                raise ValueError("TELEGRAM_MODE=webhook wants MENDLINE_PUBLIC_URL to begin with https://")
            if len(self.telegram_webhook_secret.get_secret_value()) < 16:
                raise ValueError("TELEGRAM_MODE=webhook wants TELEGRAM_WEBHOOK_SECRET, 16 letters or more")
        return self

    @model_validator(mode="after")
    def _mail_is_complete(self) -> Self:
        if not self.email_address:
            return self
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", self.email_address):
            raise ValueError("EMAIL_ADDRESS wants an address such as service@example.com")
        for name in ("email_imap_host", "email_smtp_host"):
            if not getattr(self, name):
                raise ValueError(f"EMAIL_ADDRESS wants {name.upper()} as well, such as mail.example.com")
        if not self.email_password.get_secret_value():
            raise ValueError("EMAIL_ADDRESS wants EMAIL_PASSWORD as well")
        if self.email_ca_file and not Path(self.email_ca_file).is_file():
            raise ValueError("EMAIL_CA_FILE is no file")
        return self

    @model_validator(mode="after")
    def _sms_leads_somewhere(self) -> Self:
        if self.sms_gateway.get_secret_value() and not self.mendline_public_url:
            raise ValueError("SMS_GATEWAY wants MENDLINE_PUBLIC_URL beside it: the links in an SMS lead there")
        return self

    @model_validator(mode="after")
    def _wechat_is_complete(self) -> Self:
        key = self.wechat_aes_key.get_secret_value()
        if self.wechat_app_id and not self.wechat_secret.get_secret_value():
            raise ValueError("WECHAT_APP_ID wants WECHAT_SECRET beside it")
        if self.wechat_app_id and not 3 <= len(self.wechat_token.get_secret_value()) <= 32:
            raise ValueError("WECHAT_APP_ID wants WECHAT_TOKEN beside it, 3 to 32 letters and digits of your own")
        if key and not (len(key) == 43 and key.isascii() and key.isalnum()):
            raise ValueError("WECHAT_AES_KEY wants the EncodingAESKey, 43 letters and digits")
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
