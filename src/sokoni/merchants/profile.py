"""A merchant as the rest of the server sees it: a frozen value, read once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from sokoni.kit.ids import MerchantId

S = TypeVar("S", bound=BaseModel)
FREE_MESSAGES: Final = 1000
"""What WhatsApp gives each number a month, since October 2026."""
CODES_A_DAY: Final = 2000


def free_messages(settings: Mapping[str, Any]) -> int:
    """Return how many messages a month are free for each number, 0 where that is not counted."""
    return int(settings.get("free_messages", FREE_MESSAGES))


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantProfile:
    """What a turn needs to know of the merchant it speaks for."""

    id: MerchantId
    slug: str
    name: str
    country: str
    currency: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    capabilities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Capability name to its settings as written in the YAML."""
    quiet_ms: int = 1200
    handover_minutes: int = 720
    """A person who took over is asked no more after so long, and the bot answers again."""
    abandoned_chat_days: int = 30
    nudge_minutes: int = 0
    """Silence after which a half-done task is recalled once; 0: never."""
    night_from: int = 20
    night_until: int = 8
    """Hours of the clock there: what comes up by itself and can wait is not said in between."""
    support: Mapping[str, str] | None = None
    """How else it is reached: phone, email, web, hours."""
    stop_words: tuple[str, ...] = ()
    """What stops messages besides STOP, each as a whole message."""
    reference_prefix: str = ""
    greets_with: str = ""
    """The task that a greeting begins; "": it shows what can be done."""
    free_messages: int = FREE_MESSAGES
    """A month for each number; 0: nobody is told how many are used up."""
    codes_a_day: int = CODES_A_DAY
    """By which contacts prove numbers; 0: as many as are asked for."""
    keep_contacts_days: int = 0
    """Who was silent for so long is erased; 0: never."""
    keep_consents_days: int = 0
    """Consents that later ones replaced; 0: for ever."""
    read_marks: bool = True
    """Show contacts that their messages were read."""

    _settings: dict[type[BaseModel], BaseModel] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was read of `capabilities`."""

    @property
    def language(self) -> str:
        return self.languages[0]

    def settings(self, capability: str, kind: type[S]) -> S:
        """Return what the merchant set about a capability: several ask in every turn."""
        found = self._settings.get(kind)
        if not isinstance(found, kind):
            found = kind.model_validate(dict(self.capabilities.get(capability, {})))
            self._settings[kind] = found
        return found

    def daytime(self, at: datetime, zone: ZoneInfo | None = None) -> datetime:
        """Return the time itself, or the morning after where it is night there.

        `zone` is that of a contact who lives in another.
        """
        zone = zone or self.zone
        local = at.astimezone(zone)
        if self.night_until <= local.hour < self.night_from:
            return at
        day = local.date() + timedelta(days=local.hour >= self.night_from)
        return datetime.combine(day, time(self.night_until), zone).astimezone(UTC)
