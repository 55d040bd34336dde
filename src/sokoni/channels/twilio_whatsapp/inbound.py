"""Twilio's webhooks as neutral items: forms, each about one message, and the odd event."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from sokoni.channels import errors, inbound
from sokoni.channels.inbound import Arrived
from sokoni.channels.twilio_whatsapp.config import PREFIX, account_key
from sokoni.channels.twilio_whatsapp.errors import named
from sokoni.channels.twilio_whatsapp.messages import said
from sokoni.channels.twilio_whatsapp.payloads import Form
from sokoni.channels.twilio_whatsapp.signature import fields
from sokoni.kit.clock import Clock
from sokoni.kit.ids import PhoneNumber
from sokoni.kit.text import clean

_STATUSES: Final[Mapping[str, str]] = {
    # Twilio has it, and WhatsApp not yet: it may wait there for hours.
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending"), "taken"),
    **dict.fromkeys(("undelivered", "canceled"), "failed"),
}


class Reader:
    """Reads bodies of one account's webhook. Twilio tells no times: the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def read(self, body: bytes) -> list[Arrived]:
        """Return every item, or raise `UnreadableBodyError` where it is no form of Twilio's."""
        if body.lstrip()[:1] in {b"{", b"["}:
            return [Arrived(account_key="", item=_event(body))]
        told = dict(fields(body))
        form = msgspec.convert(told, Form)
        if not (form.message_sid or form.account_sid):
            raise errors.UnreadableBodyError("neither a message nor an account in it")
        key = _account_of(form)
        return [Arrived(account_key=key, item=item) for item in self._items(form, told, body)]

    def _items(
        self, form: Form, told: Mapping[str, str], body: bytes
    ) -> Iterator[inbound.Message | inbound.Status | inbound.Notice | inbound.Unreadable]:
        if not form.message_sid:
            yield _notice("form", msgspec.json.encode(told))
        elif form.message_status:
            yield self._status(form)
        elif sender(form) == inbound.Address():
            yield inbound.Unreadable(raw=body, reason="a message from nobody")
        else:
            yield from self._messages(form, told)

    def _messages(
        self, form: Form, told: Mapping[str, str]
    ) -> Iterator[inbound.Message | inbound.Notice]:
        for place, content in enumerate(said(form, told)):
            yield inbound.Message(
                provider_id=f"{form.message_sid}/{place}" if place else form.message_sid,
                sender=sender(form),
                sent_at=self._clock(),
                sender_name=clean(form.profile_name),
                **content,
            )
            if content["kind"] == "unsupported":
                # The contact is told that it was not understood; the form may tell us why.
                yield _notice("unsupported", msgspec.json.encode(told))

    def _status(self, form: Form) -> inbound.Status:
        code = int(form.error_code) if form.error_code.isdecimal() else 0
        return inbound.Status(
            provider_id=form.message_sid,
            status=_STATUSES.get(form.message_status, form.message_status),
            at=self._clock(),
            outbox_id=form.outbox,
            error_code=str(code) if code else "",
            error=clean(form.error_message)[:300],
            error_kind=named(code) if code else "",
        )


def _account_of(form: Form) -> str:
    """Return whose number it is about, "" for that of the address it came to."""
    if form.outbox:
        # A message named this address; a service may have sent it from another of its numbers.
        return ""
    ours = form.sender if form.message_status else form.recipient
    return account_key(form.account_sid, _bare(ours)) if form.account_sid and ours else ""


def sender(form: Form) -> inbound.Address:
    """Return both addresses of who wrote, whichever of them stands first."""
    given = [_bare(one) for one in (form.sender, form.external_user_id, form.wa_id)]
    phones = [phone for one in given if (phone := _phone(one))]
    names = [one for one in given if one and not _phone(one)]
    return inbound.Address(user_id=next(iter(names), ""), phone=next(iter(phones), None))


def _bare(address: str) -> str:
    return address.strip().removeprefix(PREFIX)


def _phone(address: str) -> PhoneNumber | None:
    digits = address.removeprefix("+")
    return PhoneNumber(f"+{digits}") if digits.isascii() and digits.isdigit() else None


def _event(body: bytes) -> inbound.Notice:
    """Return an event of the account, such as an error that Twilio met with."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.UnreadableBodyError(str(error)) from error
    return _notice("event", body)


def _notice(field: str, value: bytes) -> inbound.Notice:
    name = hashlib.sha256(value).hexdigest()[:40]
    return inbound.Notice(provider_id=name, field=field, value=msgspec.Raw(value))
