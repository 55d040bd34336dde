"""Phones behind a fake Twilio: signed forms go in, what the fake took comes out."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App
from sokoni.channels.accounts import webhook_address
from sokoni.channels.simulator.pictures import picture
from sokoni.kit.ids import MerchantId
from sokoni.messaging.models import Template
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.fake_twilio import FakeTwilio, Reporting, deliver, fake_twilio
from sokoni.testing.transcripts.connecting import AsgiHttp, connected
from sokoni.testing.transcripts.matching import Shown
from sokoni.testing.transcripts.phones import Phones, RefusedError
from sokoni.testing.transcripts.playing import Picked, Written
from sokoni.testing.transcripts.steps import Contact, File, Location, Words
from sokoni.testing.transcripts.twilio_screen import approved, shown
from sokoni.testing.twilio_webhooks import Posted, TwilioWebhooks

CHANNEL: Final = "twilio_whatsapp"
_LIKE: Final = "whatsapp_cloud"
"""The channel for which merchants of the demo declare their templates."""
_NUMBER: Final = "+263242700000"
_OK: Final = 200
_TYPES: Final = {
    "image": "image/png",
    "video": "video/mp4",
    "audio": "audio/ogg",
    "sticker": "image/webp",
    "document": "application/pdf",
}
_CARD: Final = "BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;waid={digits}:{phone}\r\nEND:VCARD\r\n"

_COLUMNS: Final = sorted({column.key for column in inspect(Template).column_attrs} - {"id"})


class TwilioPhones(Phones):
    """Everyone who writes to one merchant's number."""

    def __init__(self, http: AsgiHttp, twilio: FakeTwilio, webhooks: TwilioWebhooks) -> None:
        self._http = http
        self.twilio = twilio
        self._webhooks = webhooks
        self._reported = 0

    @override
    async def write(self, who: str, what: Written) -> None:
        answer = await deliver(self._http, self._posted(who, what))
        if answer.status != _OK:
            raise RefusedError(answer.status, answer.body)

    @override
    async def sent_to(self, who: str) -> Sequence[Shown]:
        return [shown(one) for one in self.twilio.taken if one.to == who]

    @override
    async def settle(self) -> bool:
        """Wait for the statuses of everything taken; tell whether there were new ones."""
        await self.twilio.reported()
        before, self._reported = self._reported, len(self.twilio.taken)
        return self._reported > before

    def _posted(self, who: str, what: Written) -> Posted:
        match what:
            case Words(text):
                return self._webhooks.text(who, text)
            case Picked():
                return self._tapped(who, what)
            case Location(latitude, longitude):
                return self._webhooks.location(who, latitude, longitude)
            case Contact(phone):
                card = _CARD.format(digits=phone.removeprefix("+"), phone=phone).encode()
                file = self.twilio.keep_file(card, "text/vcard")
                return self._webhooks.media(who, [file], kind="contacts")
            case File(kind, name):
                content = picture(name) if kind == "image" else name.encode()
                file = self.twilio.keep_file(content, _TYPES[kind])
                return self._webhooks.media(who, [file], kind=kind)

    def _tapped(self, who: str, picked: Picked) -> Posted:
        """Return what a tap sends, which depends on what was tapped."""
        a_list = picked.message.kind == "list"
        tap = self._webhooks.list_reply if a_list else self._webhooks.button_reply
        return tap(who, picked.offer.id, picked.offer.label, reply_to=picked.message.id)


@asynccontextmanager
async def twilio_phones(
    app: App, merchant_id: MerchantId, web: AsgiClient
) -> AsyncIterator[TwilioPhones]:
    """Connect the merchant to a fake Twilio, until the block ends."""
    http = AsgiHttp(web)
    twilio = FakeTwilio(auth_token=secrets.token_hex(16), number=_NUMBER, reporting=Reporting())
    async with fake_twilio(twilio, http):
        account = await connected(
            app,
            merchant_id,
            CHANNEL,
            f"{twilio.account_sid}/{_NUMBER}",
            {
                "account_sid": twilio.account_sid,
                "auth_tokens": [twilio.auth_token],
                "number": _NUMBER,
                "base_url": twilio.url,
                "content_base_url": twilio.url,
                "messaging_base_url": twilio.url,
            },
        )
        await _have_templates_approved(app, merchant_id, twilio)
        url = webhook_address(app.settings.public_url, "twilio", account)
        yield TwilioPhones(http, twilio, twilio.webhooks(url))


async def _have_templates_approved(app: App, merchant_id: MerchantId, twilio: FakeTwilio) -> None:
    """Do what a merchant does who moves to Twilio: the same templates, under Twilio's ids."""
    own = select(Template).where(Template.merchant_id == merchant_id, Template.channel == _LIKE)
    async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
        for row in await session.scalars(own):
            content = twilio.contents.add(approved(row))
            copied = {name: getattr(row, name) for name in _COLUMNS}
            session.add(Template(**{**copied, "channel": CHANNEL, "name": content.sid}))
    await app.templates.refresh()
