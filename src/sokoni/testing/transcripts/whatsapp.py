"""Phones behind a fake Graph server: signed webhooks go in, what the fake took comes out."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from typing_extensions import override

from sokoni.bootstrap import App
from sokoni.kit.ids import MerchantId, new_id
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.fake_graph import FakeGraph, Reporting
from sokoni.testing.graph_media import GraphMedia
from sokoni.testing.loopback import serving
from sokoni.testing.meta_webhooks import MetaWebhooks, Signed
from sokoni.testing.pictures import photo
from sokoni.testing.transcripts.connecting import AsgiHttp, connected
from sokoni.testing.transcripts.graph_screen import GraphScreen
from sokoni.testing.transcripts.matching import Shown
from sokoni.testing.transcripts.phones import Phones, RefusedError
from sokoni.testing.transcripts.playing import Picked, Written
from sokoni.testing.transcripts.steps import Contact, File, Location, Words

CHANNEL: Final = "whatsapp_cloud"
_NUMBER: Final = "555000111222333"
_CATALOGUE: Final = "800900100200"
_OK: Final = 200
_POSTERS: Final = 4


class WhatsAppPhones(Phones):
    """Everyone who writes to one merchant's number."""

    def __init__(self, web: AsgiClient, url: str, graph: FakeGraph, screen: GraphScreen) -> None:
        self._web = web
        self._url = url
        self.graph = graph
        self._webhooks = graph.webhooks(_NUMBER)
        self._screen = screen
        self._reported = 0

    @override
    async def write(self, who: str, what: Written) -> None:
        await self._post(_webhook(self._webhooks, self.graph.media, who, what))

    async def order(self, who: str, goods: Mapping[str, int], beside: str = "") -> None:
        """Hand in what was put together in the catalogue: how many of which, and what is said."""
        items = [
            {"product_retailer_id": one, "quantity": many, "item_price": 0.01, "currency": "USD"}
            for one, many in goods.items()
        ]
        content = {"catalog_id": "1", "text": beside, "product_items": items}
        await self._post(self._webhooks.message(who, "order", content))

    async def ask_about(self, who: str, product: str, words: str) -> None:
        """Write from a product of the catalogue."""
        await self._post(self._webhooks.text(who, words, product=product))

    async def _post(self, webhook: Signed) -> None:
        answer = await self._web.post(self._url, body=webhook.body, headers=webhook.headers)
        if answer.status != _OK:
            raise RefusedError(answer.status, answer.body)

    @override
    async def sent_to(self, who: str) -> Sequence[Shown]:
        taken = [one for one in self.graph.taken if one.to == who]
        return [await self._screen.shown(one) for one in taken]

    @override
    async def settle(self) -> bool:
        """Wait for the statuses of everything taken; tell whether there were new ones."""
        await self.graph.reported()
        before, self._reported = self._reported, len(self.graph.taken)
        return self._reported > before


@asynccontextmanager
async def whatsapp_phones(
    app: App, merchant_id: MerchantId, web: AsgiClient
) -> AsyncIterator[WhatsAppPhones]:
    """Connect the merchant to a fake Graph server, until the block ends."""
    graph = FakeGraph(app_secret=secrets.token_hex(16), clock=app.clock)
    graph.catalogue.id = _CATALOGUE
    async with serving(graph.answer) as graph.url:
        account = await _connect(app, merchant_id, graph)
        url = f"/webhook/whatsapp/{account}"
        graph.reporting = Reporting(url=url)
        http = AsgiHttp(web)
        posters = [asyncio.create_task(graph.post_forever(http)) for _ in range(_POSTERS)]
        try:
            screen = GraphScreen(app.engine, merchant_id, CHANNEL)
            graph.templates.add(*await screen.approved())
            yield WhatsAppPhones(web, url, graph, screen)
        finally:
            for poster in posters:
                poster.cancel()
            await asyncio.gather(*posters, return_exceptions=True)


async def _connect(app: App, merchant_id: MerchantId, graph: FakeGraph) -> str:
    """Give the merchant a number whose provider is the fake; return its account."""
    config = {
        "phone_number_id": _NUMBER,
        "access_token": secrets.token_hex(16),
        "app_secrets": [graph.app_secret],
        "verify_token": secrets.token_hex(16),
        "base_url": graph.url,
        "catalog_id": graph.catalogue.id,
    }
    return await connected(app, merchant_id, CHANNEL, _NUMBER, config)


def _webhook(webhooks: MetaWebhooks, media: GraphMedia, who: str, what: Written) -> Signed:
    match what:
        case Words(text):
            return webhooks.text(who, text)
        case Picked():
            return _tapped(webhooks, who, what)
        case Location(latitude, longitude):
            return webhooks.location(who, latitude, longitude)
        case Contact(phone):
            return webhooks.contact(who, phone)
        case File("image"):
            return webhooks.image(who, file=media.described(media.add(photo())))
        case File(kind, name):
            file = {"id": new_id().hex, "mime_type": "application/octet-stream"}
            named = {"filename": name} if kind == "document" else {}
            return webhooks.message(who, kind, {**file, **named})


def _tapped(webhooks: MetaWebhooks, who: str, picked: Picked) -> Signed:
    """Return what a tap sends, which depends on what was tapped."""
    tap = {
        "list": webhooks.list_reply,
        "template": webhooks.template_reply,
    }.get(picked.message.kind, webhooks.button_reply)
    return tap(who, picked.offer.id, picked.offer.label, reply_to=picked.message.id)
