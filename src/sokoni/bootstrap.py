"""The only place that knows every part: settings in, running App out."""

import os
from collections.abc import Iterable, Mapping

from sokoni.channels.registry import Registry
from sokoni.dialogue.manifest import Capability
from sokoni.merchants.file import Kinds


def capabilities() -> Mapping[str, Capability]:
    """Return what merchants can switch on, by name."""
    ours: Iterable[Capability] = ()
    return {capability.name: capability for capability in ours}


def kinds(*, production: bool) -> Kinds:
    """Return what a merchant file may name: channels without signatures only in development."""
    registry = Registry.installed()
    adapters = {name: registry.get(name) for name in registry}
    return Kinds(
        channels={
            name: adapter.config
            for name, adapter in adapters.items()
            if not (production and adapter.development_only)
        },
        capabilities={name: one.settings for name, one in capabilities().items()},
    )


def variables() -> Mapping[str, str]:
    """Return what `${VARIABLES}` in merchant files stand for."""
    return os.environ
