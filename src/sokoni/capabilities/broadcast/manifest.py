"""Broadcasts as a capability: no task of its own, a calendar, and ears for what comes of it."""

from pathlib import Path
from typing import Final

from sokoni.capabilities.broadcast.clicks import followed
from sokoni.capabilities.broadcast.people import (
    KEEPS,
    erase_contact,
    export,
    merge_contacts,
    needed,
)
from sokoni.capabilities.broadcast.reaching import answered, reached
from sokoni.capabilities.broadcast.settings import NAME, BroadcastSettings
from sokoni.capabilities.broadcast.telling import LOST, SAY, TRY, lose, say, try_out
from sokoni.capabilities.broadcast.waves import CALENDAR
from sokoni.dialogue.manifest import Capability

BROADCAST: Final = Capability(
    name=NAME,
    tasks=(),
    settings=BroadcastSettings,
    phrases=Path(__file__).with_name("phrases"),
    router="sokoni.capabilities.broadcast.api:router",
    timers={SAY: say, LOST: lose, TRY: try_out},
    replies={NAME: answered},
    reached=reached,
    follow=followed,
    calendar=CALENDAR,
    merge_contacts=merge_contacts,
    export=export,
    erase_contact=erase_contact,
    keeps=KEEPS,
    needed=needed,
)
