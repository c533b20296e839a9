"""Puts a Connector together from the settings. Beside the commands only this knows the embedded org."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from sf_handoff.adapters.auth import ClientCredentials, JwtBearer
from sf_handoff.adapters.http import Transport
from sf_handoff.adapters.salesforce import SalesforceOrg
from sf_handoff.adapters.seal import Seal, make_key_file, seal_from_file, seal_from_text
from sf_handoff.adapters.settings import (
    EMBEDDED,
    PREFIX,
    Settings,
    read_settings,
    required,
    required_for_tickets,
)
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tokens import token_keys
from sf_handoff.calls.signed import Parties
from sf_handoff.connector import Connector, utc_now
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import Json, MappingSet, load
from sf_handoff.ports import Salesforce, Tokens, Tracker
from sf_handoff.retry import Call

if TYPE_CHECKING:
    from requests import Response

    from sf_handoff.calls.composite import CompositeRequest, Part
    from sf_handoff.embedded import Embedded

_log = logging.getLogger("sf_handoff")
KEY_FILE = "store.key"
EMBEDDED_FOLDER = "embedded"


def open_connector(**changes: Any) -> Connector:
    """A Connector from the environment; `changes` override single settings."""
    return connect(read_settings(**changes))


def connect(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Connector:
    """A Connector for these settings. With `ORG=embedded` the org starts when it is first needed."""
    mappings, tokens = load(settings.mappings), open_tokens(settings)
    embedded = LateEmbedded(settings, mappings) if settings.embedded else None
    salesforce: Salesforce = embedded or open_salesforce(settings, sleep)
    store = open_store(settings, clock)
    return Connector(
        salesforce=salesforce,
        store=store,
        mappings=mappings,
        clock=clock,
        sleep=sleep,
        codes=settings.codes,
        hold_out=settings.hold_out,
        keep_for=settings.keep_for,
        tokens=tokens,
        send_after_pop=settings.send_after_pop,
        case_url=lambda case_id: case_address(settings.org, case_id),
    )


def open_store(settings: Settings, clock: Callable[[], datetime] = utc_now) -> SqlStore:
    return SqlStore.open(settings.store_url, open_seal(settings), clock)


def open_seal(settings: Settings) -> Seal:
    """The Seal from ENCRYPTION_KEYS, else from a key file beside the store, made on first use."""
    given = settings.encryption_keys.get_secret_value()
    if given:
        return seal_from_text(given)
    path = settings.folder / KEY_FILE
    if make_key_file(path):
        _log.warning(
            "A key was made for what the store keeps: %s. Keep a copy of it in a safe place; without it the "
            "store cannot be read.",
            path,
        )
    return seal_from_file(path)


def open_tokens(settings: Settings) -> Tokens | None:
    """What verifies signed handoffs; None where no setting asks for it."""
    given = {
        "TOKEN_KEYS": settings.token_keys.get_secret_value(),
        "TOKEN_ISSUER": settings.token_issuer,
        "TOKEN_AUDIENCE": settings.token_audience,
    }
    missing = [PREFIX + name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise Misconfigured(f"{', '.join(missing)}: not set, and signed handoffs need it.")
    return token_keys(given["TOKEN_KEYS"], Parties(settings.token_issuer, settings.token_audience))


def open_salesforce(settings: Settings, sleep: Callable[[float], None] = time.sleep) -> SalesforceOrg:
    required(settings)
    transport = Transport(
        allowed_hosts=settings.hosts,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        sleep=sleep,
    )
    return SalesforceOrg(
        transport,
        settings.org,
        grant_for(settings),
        allowed_hosts=settings.hosts,
        version=settings.api_version,
        sleep=sleep,
    )


def grant_for(settings: Settings) -> JwtBearer | ClientCredentials:
    if settings.auth == "client_credentials":
        return ClientCredentials(settings.client_id, settings.client_secret.get_secret_value())
    key = _private_key(settings.private_key_file or Path())
    return JwtBearer(settings.client_id, settings.username, settings.audience, key, utc_now)


def open_tracker(
    settings: Settings,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Tracker:
    """The tracker of these settings; the embedded one of those that `embedded_settings` gives."""
    from sf_handoff.adapters.trackers import open_github, open_zenhub

    required_for_tickets(settings)
    opener = {"github": open_github, "zenhub": open_zenhub}.get(settings.tracks)
    if opener is None:
        raise Misconfigured("The embedded tracker runs beside the embedded org, which is not running.")
    return opener(settings, sleep, clock)


def embedded_settings(settings: Settings, org: Embedded) -> Settings:
    """The same settings, pointing at a running embedded org, and at its tracker unless another is chosen."""
    if settings.tracks == EMBEDDED:
        settings = embedded_tracker(settings, org)
    return settings.model_copy(
        update={
            "org": org.https,
            "auth": "jwt",
            "client_id": org.client_id,
            "username": org.username,
            "private_key_file": org.private_key_file,
            "audience": org.audience,
            "ca_file": org.ca_file,
            "allowed_hosts": "127.0.0.1",
            "dial_codes": settings.codes,
            "report_id": settings.report_id or org.report_id,
        }
    )


def embedded_tracker(settings: Settings, org: Embedded) -> Settings:
    """The same settings, pointing at the tracker beside a running embedded org, whatever org is set."""
    tracker = org.tracker
    return settings.model_copy(
        update={
            "tracker": "zenhub",
            "github_url": tracker.github,
            "github_repo": tracker.repository,
            "github_token": SecretStr(tracker.github_token),
            "github_pace": 0.0,
            "zenhub_url": tracker.zenhub,
            "zenhub_workspace": tracker.workspace_id,
            "zenhub_token": SecretStr(tracker.zenhub_token),
            "ca_file": org.ca_file,
        }
    )


def reached(opened: ExitStack, settings: Settings, mappings: MappingSet) -> Settings:
    """The settings by which the other sides are reached; what is embedded runs until `opened` closes."""
    if not settings.embedded:
        return settings
    running = start_embedded(settings.folder / EMBEDDED_FOLDER, mappings)
    return embedded_settings(settings, opened.enter_context(running))


def start_embedded(
    folder: Path, mappings: MappingSet, *, port: int = 0, clock: Callable[[], datetime] = utc_now
) -> Any:
    """The embedded org and tracker on loopback, with their records in `folder`; a context manager."""
    running: Any = None
    try:
        from sf_handoff.embedded import TrackerSeeds, running
        from sf_handoff.embedded.people import contacts
        from sf_handoff.embedded.reports_declared import daily
    except ImportError:
        pass
    if running is None:
        raise Misconfigured(
            "The embedded org needs some more packages. Run: pip install 'sf-handoff[embedded]'"
        )
    ramps, labels = mappings.ramps, (*mappings.labels.every, *mappings.owners.every)
    return running(
        folder,
        mappings,
        port=port,
        queues=(*ramps.queues, *(mappings.answers.queues.values() if mappings.answers else ())),
        record_types=ramps.record_types,
        contacts=contacts(mappings.person),
        reports=[daily(mappings.report)],
        tracker=TrackerSeeds(labels=_each_once([*TrackerSeeds.labels, *(each.name for each in labels)])),
        clock=clock,
    )


def _each_once(labels: Iterable[str]) -> tuple[str, ...]:
    """GitHub's labels are the same in any case."""
    return tuple({each.lower(): each for each in labels}.values())


class LateEmbedded:
    """The embedded org as a Salesforce that starts, inside this process, with the first call made to it."""

    def __init__(self, settings: Settings, mappings: MappingSet) -> None:
        self._settings, self._mappings = settings, mappings
        self._lock = threading.Lock()
        self._running: Any = None
        self._org: SalesforceOrg | None = None

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        return self._started().composite(request, call)

    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]:
        return self._started().bulk_insert(sobject, records, key, call, alive)

    def request(self, method: str, path: str, call: Call, **more: Any) -> Response:
        return self._started().request(method, path, call, **more)

    def close(self) -> None:
        with self._lock:
            if self._org is not None:
                self._org.close()
                self._running.__exit__(None, None, None)
                self._org = None

    def _started(self) -> SalesforceOrg:
        with self._lock:
            if self._org is None:
                self._running = start_embedded(self._settings.folder / EMBEDDED_FOLDER, self._mappings)
                here = embedded_settings(self._settings, self._running.__enter__())
                self._org = open_salesforce(here)
            return self._org


def case_address(org: str, case_id: str) -> str | None:
    """The Lightning address of a Case, for My Domain hosts; an opaque Id is all that stands in it."""
    host = urlsplit(org).hostname or ""
    for suffix in (".my.salesforce.com", ".my.salesforce.mil"):
        if host.endswith(suffix):
            lightning = host.replace(suffix, ".lightning.force" + suffix[suffix.rindex(".") :])
            return f"https://{lightning}/lightning/r/Case/{case_id}/view"
    return None


def _private_key(path: Path) -> str:
    problem = ""
    try:
        if path.stat().st_mode & 0o077:
            problem = "can be read by others. Run: chmod 600 on it"
        else:
            return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"could not be read ({type(error).__name__})"
    raise Misconfigured(f"PRIVATE_KEY_FILE: {path.name} {problem}.")
