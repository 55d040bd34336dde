"""The simulated phones of one merchant: nothing leaves the server."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from sokoni.channels import base, errors, inbound, outbound
from sokoni.channels.simulator import payloads
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.simulator.errors import check
from sokoni.channels.simulator.pictures import picture
from sokoni.kit.clock import Clock
from sokoni.kit.ids import PhoneNumber, ProviderMessageId, new_id
from sokoni.kit.text import clean

_PHONE: Final = re.compile(r"\+?[0-9]{6,15}")
_KINDS: Final = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif"), "image"),
    **dict.fromkeys(("mp4", "3gp"), "video"),
    **dict.fromkeys(("ogg", "mp3", "m4a", "aac", "amr"), "audio"),
    "webp": "sticker",
}
_SAID: Final = msgspec.json.Decoder(payloads.Said)


class SimulatorChannel:
    """Takes what fits its limits; tells with each send how far the message got.

    No webhook ever reports: `Sent.statuses` says "sent" and "delivered" at once, and a phone
    that shows a message says so through the door (`{"merchant", "from", "status": "read", "id"}`).
    """

    name: ClassVar[str] = "simulator"

    def __init__(self, config: SimulatorConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self.limits = config.limits

    def verify(self, request: inbound.WebhookRequest) -> None:
        """Accept everyone: the door is shut in production."""

    def content(self, request: inbound.WebhookRequest) -> bytes:
        """Return the body: it says all there is."""
        return request.body

    def challenge(self, query: Mapping[str, str]) -> str | None:  # noqa: ARG002 - the contract's
        return None

    def parse(self, body: bytes) -> list[inbound.Arrived]:
        """Return the one thing that was said, to the merchant it names."""
        try:
            said = _SAID.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise errors.UnreadableBodyError(str(error)) from error
        return [inbound.Arrived(account_key=said.merchant, item=self._item(said, body))]

    async def send(self, message: outbound.Outbound) -> base.Sent:
        """Show the message, or raise `NotRenderableError`. A repeat gets the same id."""
        if message.to == inbound.Address():
            raise errors.RecipientUnreachableError("neither phone nor user id is known")
        check(message.content, self.limits)
        provider_id = ProviderMessageId(f"sim.{message.outbox_id}")
        return base.Sent(provider_id, statuses=self._statuses(provider_id, message))

    async def locate(self, medium: inbound.Medium) -> inbound.Located:
        """Return a picture of the file's name: simulated phones have no files."""
        if medium.kind != "image":
            raise errors.MediumGoneError(medium.kind)
        return inbound.Located(content=picture(medium.id))

    async def mark_read(self, message: ProviderMessageId, *, typing: bool) -> None:
        """Do nothing: the page shows ticks and typing by what it sees in the log."""

    def _statuses(
        self, provider_id: ProviderMessageId, message: outbound.Outbound
    ) -> tuple[inbound.Status, ...]:
        if not self.limits.statuses:
            return ()
        return tuple(
            inbound.Status(
                provider_id=provider_id,
                status=status,
                at=self._clock(),
                outbox_id=str(message.outbox_id),
            )
            for status in ("sent", "delivered")
        )

    def _item(self, said: payloads.Said, body: bytes) -> inbound.Inbound:
        if said.status:
            return inbound.Status(provider_id=said.id, status=said.status, at=self._clock())
        kind = _kind(said)
        if not kind:
            return inbound.Unreadable(
                raw=body, reason="neither text, choice, location, media nor contact"
            )
        medium = _medium(said.media)
        return inbound.Message(
            provider_id=said.id or f"sim.{new_id()}",
            sender=_address(said.phone),
            sent_at=self._clock(),
            kind=kind,
            text=clean(said.label or (medium.caption if medium else "") or said.text or ""),
            choice_id=said.choice or "",
            pin=_pin(said.location),
            medium=medium,
            contacts=_shared(said),
            sender_name=clean(said.name),
            text_only=said.text_only,
        )


def _kind(said: payloads.Said) -> str:
    if said.choice is not None:
        return "choice"
    if said.location is not None:
        return "location"
    if said.contact is not None:
        return "contacts"
    medium = _medium(said.media)
    if medium is not None:
        return medium.kind
    return "" if said.text is None else "text"


def _pin(place: payloads.Place | None) -> inbound.Pin | None:
    if place is None:
        return None
    return inbound.Pin(
        latitude=place.latitude,
        longitude=place.longitude,
        name=clean(place.name),
        address=clean(place.address),
    )


def _shared(said: payloads.Said) -> tuple[inbound.SharedContact, ...]:
    if said.contact is None:
        return ()
    return (
        inbound.SharedContact(
            name=clean(said.name), phones=(clean(said.contact),), requested=True
        ),
    )


def _medium(media: str | payloads.Media | None) -> inbound.Medium | None:
    """Return the file, its kind guessed by its name where it is not told."""
    if media is None:
        return None
    given = payloads.Media(filename=media) if isinstance(media, str) else media
    ending = given.filename.rpartition(".")[2].lower()
    return inbound.Medium(
        kind=given.kind or _KINDS.get(ending, "document"),
        id=given.id or given.filename,
        mime_type=given.mime_type,
        caption=clean(given.caption),
        filename=clean(given.filename),
    )


def _address(sender: str) -> inbound.Address:
    """Read a phone number; anything else is a person who hides theirs."""
    digits = sender.replace(" ", "")
    if _PHONE.fullmatch(digits):
        return inbound.Address(phone=PhoneNumber(f"+{digits.removeprefix('+')}"))
    return inbound.Address(user_id=sender)
