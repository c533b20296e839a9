"""Settings, read once from the environment (`SF_HANDOFF_…`) or a `.env` file; nothing else reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sf_handoff.errors import Misconfigured
from sf_handoff.ports import KeepFor

PREFIX = "SF_HANDOFF_"
EMBEDDED = "embedded"
SALESFORCE_HOSTS = (".my.salesforce.com", ".my.salesforce.mil")
# Secrets that may be given as the name of a file instead, in `…_file`.
_FROM_FILES = (
    "client_secret", "encryption_keys", "token_keys", "github_token", "zenhub_token", "webhook_secret",
)  # fmt: skip


class Settings(BaseSettings):
    """All settings. Nothing defaults to a real system; `ORG=embedded` gives everything a working default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    org: str = Field(default="", description="`embedded`, or the org's My Domain address (https://…)")
    auth: Literal["jwt", "client_credentials"] = Field(default="jwt", description="how to sign in")
    client_id: str = Field(default="", description="the app's consumer key")
    username: str = Field(default="", description="the user that the app acts as (jwt)")
    private_key_file: Path | None = Field(default=None, description="PEM file of the app's private key (jwt)")
    client_secret: SecretStr = Field(
        default=SecretStr(""), description="the app's secret (client_credentials)"
    )
    client_secret_file: Path | None = Field(default=None, description="file that holds CLIENT_SECRET")
    audience: str = Field(
        default="https://login.salesforce.com", description="`aud` of the assertion; a sandbox's is test"
    )
    api_version: str = Field(default="66.0", description="REST API version, 46.0 or newer")
    ca_file: Path | None = Field(default=None, description="PEM file of the authorities to trust")
    allowed_hosts: str = Field(
        default=",".join(SALESFORCE_HOSTS), description="host suffixes that may see a token, comma-separated"
    )
    store: str = Field(
        default="", description="database URL; default a SQLite file in the user's data folder"
    )
    encryption_keys: SecretStr = Field(
        default=SecretStr(""), description="`id:base64` of 32 bytes, first one writes; default a key file"
    )
    encryption_keys_file: Path | None = Field(default=None, description="file that holds ENCRYPTION_KEYS")
    dial_codes: bool | None = Field(
        default=None, description="whether calls carry a code; default on with the embedded org, else off"
    )
    send_after_pop: bool = Field(
        default=True,
        description="whether a matched call is written to its Case at once, in the background; off where the "
        "host stops a program between its answers: `outbox resync` sends it then",
    )
    hold_out: float = Field(default=0.0, ge=0.0, le=1.0, description="share of people in the control arm")
    keep_delivered_days: int = Field(
        default=30,
        ge=1,
        le=36_500,
        description="days until `outbox purge` empties what was delivered or kept only",
    )
    keep_parked_days: int = Field(
        default=90, ge=1, le=36_500, description="days until `outbox purge` empties what was parked"
    )
    crm_context_days: int = Field(
        default=30,
        ge=1,
        le=36_500,
        description="days after the tap until the context is taken off a Case that no call came for",
    )
    token_keys: SecretStr = Field(
        default=SecretStr(""),
        description="`kid:ES256:base64` or `kid:ES256:file:path` of a public key, `kid:HS256:base64`",
    )
    token_keys_file: Path | None = Field(default=None, description="file that holds TOKEN_KEYS, one a line")
    token_issuer: str = Field(default="", description="`iss` of signed handoffs: who signs them")
    token_audience: str = Field(default="", description="`aud` of signed handoffs: what they call us")
    report_id: str = Field(
        default="", description="Id of the saved daily report; without it, the query of `mappings/report.py`"
    )
    tracker: Literal["", "embedded", "github", "zenhub"] = Field(
        default="",
        description="where tickets go: `embedded`, `github` (issues alone) or `zenhub` (issues on a board); "
        "default `embedded` with the embedded org",
    )
    github_url: str = Field(
        default="https://api.github.com", description="GitHub's API; an Enterprise host's ends in /api/v3"
    )
    github_repo: str = Field(default="", description="`owner/name` of the repository that tickets go to")
    github_token: SecretStr = Field(
        default=SecretStr(""), description="a token that may write issues there, and push: else no labels"
    )
    github_token_file: Path | None = Field(default=None, description="file that holds GITHUB_TOKEN")
    github_pace: float = Field(
        default=1.0,
        ge=0.0,
        le=60.0,
        description="seconds between changes; 0 for a server that asks for no pace, nor counts what is made",
    )
    zenhub_url: str = Field(
        default="https://api.zenhub.com/public/graphql", description="ZenHub's GraphQL API"
    )
    zenhub_workspace: str = Field(default="", description="the board's id, 24 hex digits as in its address")
    zenhub_token: SecretStr = Field(default=SecretStr(""), description="a personal API key for GraphQL")
    zenhub_token_file: Path | None = Field(default=None, description="file that holds ZENHUB_TOKEN")
    answer_authors: str = Field(
        default="", description="GitHub logins whose answers may go to customers, comma-separated"
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="what GitHub signs its webhooks with; without it none is believed"
    )
    webhook_secret_file: Path | None = Field(default=None, description="file that holds WEBHOOK_SECRET")
    timezone: str = Field(default="America/New_York", description="whose midnight begins a report day")
    mappings: str = Field(default="sf_handoff.mappings", description="the maps package")

    @field_validator("org")
    @classmethod
    def _org_is_an_address(cls, org: str) -> str:
        if org in ("", EMBEDDED) or (org.startswith("https://") and urlsplit(org).hostname):
            return org.rstrip("/")
        raise ValueError("`embedded`, or an address that begins with https://")

    @field_validator("github_url", "zenhub_url")
    @classmethod
    def _trackers_are_addresses(cls, url: str) -> str:
        if url.startswith("https://") and urlsplit(url).hostname:
            return url.rstrip("/")
        raise ValueError("an address that begins with https://")

    @field_validator("github_repo")
    @classmethod
    def _repository_is_named_with_its_owner(cls, name: str) -> str:
        if not name or re.fullmatch(r"[A-Za-z0-9_-]+/(?!\.+$)[A-Za-z0-9._-]+", name):
            return name
        raise ValueError("owner/name")

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: Any) -> Any:
        for name in _FROM_FILES:
            path = values.get(f"{name}_file")
            if path and not values.get(name):
                values[name] = _text(f"{name}_file", Path(path))
        return values

    @property
    def embedded(self) -> bool:
        return self.org == EMBEDDED

    @property
    def tracks(self) -> str:
        """Which tracker: the one that is set, else with the embedded org the embedded one, else none."""
        return self.tracker or (EMBEDDED if self.embedded else "")

    @property
    def authors(self) -> frozenset[str]:
        """Logins of ANSWER_AUTHORS, in lower case: GitHub's are the same in any."""
        return frozenset(each.strip().lower() for each in self.answer_authors.split(",") if each.strip())

    @property
    def codes(self) -> bool:
        return self.embedded if self.dial_codes is None else self.dial_codes

    @property
    def keep_for(self) -> KeepFor:
        return KeepFor(timedelta(days=self.keep_delivered_days), timedelta(days=self.keep_parked_days))

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host.strip() for host in self.allowed_hosts.split(",") if host.strip())

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{data_folder() / 'store.sqlite3'}"

    @property
    def folder(self) -> Path:
        """Where what belongs to the store is kept beside it: its key file, the embedded org's records."""
        backend, _, path = self.store_url.partition(":///")
        return Path(path).absolute().parent if backend.startswith("sqlite") else data_folder()


def read_settings(**changes: Any) -> Settings:
    """The settings of this process. Raises Misconfigured naming the setting, never its value."""
    problems = ""
    try:
        return Settings(**changes)
    except ValidationError as error:
        problems = "; ".join(_in_words(each) for each in error.errors(include_input=False, include_url=False))
    except UnicodeDecodeError:
        problems = "the settings in .env are not UTF-8 text"
    raise Misconfigured(f"{problems}.")


def data_folder() -> Path:
    """The user's data folder (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "sf_handoff"


def required(settings: Settings) -> None:
    """Raises Misconfigured naming every setting that is missing for the chosen way to sign in."""
    if not settings.org:
        raise Misconfigured(
            f"{PREFIX}ORG is not set: name your org's address, or try everything on an embedded org: "
            "sf-handoff demo"
        )
    wanted = {
        "jwt": ("client_id", "username", "private_key_file"),
        "client_credentials": ("client_id", "client_secret"),
    }[settings.auth]
    _check_given(settings, wanted, f"AUTH={settings.auth}")


def required_for_tickets(settings: Settings) -> None:
    """Raises Misconfigured naming every setting that is missing for the chosen tracker."""
    if not settings.tracks:
        raise Misconfigured(
            f"{PREFIX}TRACKER is not set: `github` or `zenhub`, or try everything on the embedded tracker: "
            "TRACKER=embedded"
        )
    board = ("zenhub_workspace", "zenhub_token") if settings.tracks == "zenhub" else ()
    if settings.tracks != EMBEDDED:
        _check_given(settings, ("github_repo", "github_token", *board), f"TRACKER={settings.tracks}")


def _check_given(settings: Settings, wanted: Iterable[str], needed_by: str) -> None:
    missing = [PREFIX + name.upper() for name in wanted if not _given(getattr(settings, name))]
    if missing:
        raise Misconfigured(f"{', '.join(missing)}: not set, and {needed_by} needs it.")


def _text(name: str, path: Path) -> str:
    problem = ""
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        problem = "it is not UTF-8 text"
    raise Misconfigured(f"{PREFIX}{name.upper()}: the file could not be read: {problem}.")


def _given(value: object) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _in_words(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else "settings"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"
