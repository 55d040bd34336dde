"""What every turn has at hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sokoni.channels.accounts import Accounts
from sokoni.db.vault import Vault
from sokoni.dialogue.flow import no_links
from sokoni.dialogue.heard import Dialogue
from sokoni.kit.cache import Cache, NoCache
from sokoni.kit.clock import Clock
from sokoni.media.references import FileRef
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.templates import TemplateBook
from sokoni.payments.gateways import NoGateways, Offered
from sokoni.places.book import PlaceBook
from sokoni.workers.circles import MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnParts:
    """The collaborators of a turn."""

    vault: Vault
    clock: Clock
    merchants: MerchantDirectory
    accounts: Accounts
    dialogue_of: Callable[[MerchantProfile], Dialogue]
    places: PlaceBook
    templates: TemplateBook
    contact_rate_per_minute: int
    circle_turns: int = MOST
    """Answers given again in a row, after which a machine is suspected; 0 lifts the limit."""
    file_url: Callable[[FileRef], str] = no_links
    public_url: str = ""
    locates: bool = False
    """Somebody performs `dialogue.locating.LOCATE`."""
    gateways: Offered = field(default_factory=NoGateways)
    cache: Cache = field(default_factory=NoCache)
