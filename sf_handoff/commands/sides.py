"""Opens what commands need beside the store: the embedded org and tracker where they are asked for."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.mapping import MappingSet
    from sf_handoff.ports import Tracker


def reached(opened: ExitStack, settings: Settings, mappings: MappingSet) -> Settings:
    """The settings by which the other sides are reached; what is embedded runs until `opened` closes."""
    from sf_handoff.adapters.assembly import EMBEDDED_FOLDER, embedded_settings, start_embedded

    if not settings.embedded:
        return settings
    running = start_embedded(settings.folder / EMBEDDED_FOLDER, mappings)
    return embedded_settings(settings, opened.enter_context(running))


def opened_tracker(opened: ExitStack, settings: Settings) -> Tracker:
    """The tracker of settings that were `reached`."""
    from sf_handoff.adapters import assembly

    tracker: Tracker = opened.enter_context(closing(cast("Any", assembly).open_tracker(settings)))
    return tracker


def tracks(settings: Settings) -> str:
    """Which tracker is set; empty for none."""
    return str(getattr(settings, "tracks", ""))
