"""Remembers which conversation a sender's events belong to."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sokoni.channels.inbound import Address, AddressChange, Echo, Inbound, Message, Preference
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId
from sokoni.kit.text import one_line

_REMEMBERED: Final = 50_000
_KEPT: Final = timedelta(hours=1)
"""Far shorter than it takes until a number that was given up is somebody else's."""
_LONGEST_NAME: Final = 120


class Owner(Protocol):
    """The channel account that an item came to."""

    @property
    def id(self) -> AccountId: ...
    @property
    def merchant_id(self) -> MerchantId: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """One person as an item shows them: all addresses are theirs, the surest first."""

    account_id: AccountId
    merchant_id: MerchantId
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a sender's events go, and the profile name last seen with them."""

    contact_id: ContactId
    conversation_id: ConversationId
    profile_name: str = ""


def sender_of(owner: Owner, item: Inbound) -> Sender | None:
    """Return whose item it is; None for those that belong to no conversation."""
    addresses = tuple(one for one in _addresses(item) if one.user_id or one.phone)
    return Sender(owner.id, owner.merchant_id, addresses) if addresses else None


def profile_name(item: Inbound) -> str:
    """Return what the sender calls themselves in the channel's own settings."""
    if not isinstance(item, Message) or not item.sender_name:
        return ""
    return one_line(item.sender_name)[:_LONGEST_NAME].rstrip()


def _addresses(item: Inbound) -> tuple[Address, ...]:
    match item:
        case Message(sender=one) | Preference(sender=one) | Echo(recipient=one):
            return (one,)
        case AddressChange(old=old, new=new):
            return (new, old)
        case _:
            return ()


class RouteMemory:
    """The routes used last, in this process only.

    A route may be out of date when two contacts were found to be one person: the turn follows
    `conversations.merged_into`, so that costs a step and loses nothing. Of a number that was
    given up only the process whose turn it was learns; others look again after a while.
    """

    def __init__(self, clock: Clock, most: int = _REMEMBERED) -> None:
        self._clock = clock
        self._most = most
        self._routes: OrderedDict[Sender, tuple[Route, datetime]] = OrderedDict()

    def find(self, sender: Sender, name: str) -> Route | None:
        """Return the route, unless it is unknown or old, or the sender has another name now."""
        known = self._routes.get(sender)
        if known is None:
            return None
        route, until = known
        if (name and name != route.profile_name) or until <= self._clock():
            return None
        self._routes.move_to_end(sender)
        return route

    def keep(self, routes: Mapping[Sender, Route]) -> None:
        """Remember routes that are committed."""
        until = self._clock() + _KEPT
        self._routes.update({sender: (route, until) for sender, route in routes.items()})
        while len(self._routes) > self._most:
            self._routes.popitem(last=False)

    def forget(self, conversations: Iterable[ConversationId] | None = None) -> None:
        """Forget these, as when they are erased, or everything."""
        if conversations is None:
            self._routes.clear()
            return
        gone = set(conversations)
        for sender in [
            one for one, (route, _) in self._routes.items() if route.conversation_id in gone
        ]:
            del self._routes[sender]
