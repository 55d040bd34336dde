"""The contract every channel fulfils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar, Protocol

from pydantic import BaseModel

from sokoni.channels.inbound import Address, Arrived, Located, Medium, Status, WebhookRequest
from sokoni.channels.outbound import Outbound
from sokoni.kit.ids import ProviderMessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel can show (reference §8.1). Lengths are in UTF-16 units."""

    text: int = 4096
    caption: int = 1024
    body: int = 1024
    """Body of an interactive message."""
    buttons: int = 3
    button_title: int = 20
    button_id: int = 256
    rows: int = 10
    row_title: int = 24
    row_description: int = 72
    row_id: int = 200
    list_label: int = 20
    image_buttons: bool = True
    """Whether a picture may stand above reply buttons."""
    document_caption: bool = True
    """Whether a document may have words below it."""
    link_button: bool = True
    location_request: bool = True
    contact_request: bool = True
    """Whether a button may ask for the contact's phone number."""
    catalogue: str = ""
    """The channel's own catalogue that is linked to the account; "": there is none."""
    products: int = 30
    """Of the catalogue, in one message."""
    heading: int = 60
    window_hours: int | None = 24
    """Free-form replies are allowed so long after the contact wrote; None: always."""
    per_second: float = 80
    statuses: bool = True

    def text_only(self) -> "Limits":
        """Return what is left for a phone that shows words, pictures and files alone."""
        return _text_only(self)


@cache
def _text_only(limits: Limits) -> Limits:
    return replace(
        limits,
        buttons=0,
        rows=0,
        link_button=False,
        location_request=False,
        contact_request=False,
        catalogue="",
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the provider, which is not delivered yet."""

    provider_id: ProviderMessageId
    address: Address = field(default_factory=Address)
    """Addresses of the contact that the answer revealed."""
    statuses: tuple[Status, ...] = ()
    """How far it got already, of a channel whose webhooks will never tell."""


class ChannelConfig(BaseModel, frozen=True, extra="forbid"):
    """What a merchant fills in. A subclass lists in `secrets` what no log may show."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    def key(self) -> str:
        """Return how the provider's webhooks name this account."""
        raise TypeError(f"{type(self).__name__} names no key")

    def business(self) -> str:
        """Return how they name the business whose account it is, "" where they do not."""
        return ""


class Channel(Protocol):
    """One connected account of a channel."""

    name: ClassVar[str]
    limits: Limits

    def verify(self, request: WebhookRequest) -> None:
        """Raise `InvalidSignatureError` unless the provider signed exactly these bytes."""

    def content(self, request: WebhookRequest) -> bytes:
        """Return a body that says all that the request does, for `parse`, now or much later."""

    def parse(self, body: bytes) -> Sequence[Arrived]:
        """Return every item, or raise `UnreadableBodyError` where the body as a whole is none."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Return the answer to the provider's verification GET, None where it is not genuine."""

    async def send(self, message: Outbound) -> Sent:
        """Hand the message to the provider, or raise a `SendError`."""

    async def locate(self, medium: Medium) -> Located:
        """Say where a file is, or raise `MediumGoneError` or `MediumDelayedError`.

        Nothing is fetched here but what tells where it is: `media` downloads.
        """

    async def mark_read(self, message: ProviderMessageId, *, typing: bool) -> None:
        """Show the contact that it was read, and that an answer is being written. Never raises."""
