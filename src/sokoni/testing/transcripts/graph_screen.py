"""What WhatsApp would show of the payloads that the fake Graph server took."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.engine import READING
from sokoni.kit.ids import MerchantId
from sokoni.messaging.models import Template
from sokoni.testing.fake_graph import Taken
from sokoni.testing.transcripts.matching import Offered, Shown

Payload: TypeAlias = Mapping[str, Any]
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class GraphScreen:
    """Draws payloads, templates by what the merchant had approved; each is drawn once."""

    def __init__(self, engine: AsyncEngine, merchant_id: MerchantId, channel: str) -> None:
        self._engine = engine.execution_options(**{READING: True})
        self._merchant_id = merchant_id
        self._channel = channel
        self._drawn: dict[str, Shown] = {}

    async def shown(self, taken: Taken) -> Shown:
        if taken.id not in self._drawn:
            self._drawn[taken.id] = await self._draw(taken)
        return self._drawn[taken.id]

    async def _draw(self, taken: Taken) -> Shown:
        kind = str(taken.payload.get("type", "text"))
        content: Payload = taken.payload[kind]
        match kind:
            case "text":
                return Shown(content["body"], id=taken.id)
            case "interactive":
                return interactive(content, taken.id)
            case "template":
                return filled(await self._template(content), content, taken.id)
            case _:
                return Shown(content.get("caption", ""), kind=kind, id=taken.id)

    async def _template(self, content: Payload) -> Template:
        statement = select(Template).where(
            Template.merchant_id == self._merchant_id,
            Template.channel == self._channel,
            Template.name == content["name"],
            Template.language == content["language"]["code"],
        )
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            return (await session.scalars(statement)).one()


def interactive(content: Payload, message_id: str) -> Shown:
    """Draw buttons, a list, a link button or a request for a place."""
    action: Payload = content["action"]
    meta = str(content["type"])
    kind = {"button": "buttons", "cta_url": "link"}.get(meta, meta)
    return Shown(content["body"]["text"], _offers(action), kind=kind, id=message_id)


def filled(template: Template, content: Payload, message_id: str) -> Shown:
    """Draw an approved template with the variables that were sent."""
    components: Sequence[Payload] = content.get("components", ())
    values = [
        parameter["text"]
        for component in components
        if component["type"] == "body"
        for parameter in component["parameters"]
    ]
    names = [name.strip() for name in template.variables.split(",")]
    words = {
        **dict(zip(names, values, strict=False)),
        **{str(place): value for place, value in enumerate(values, 1)},
    }
    body = _PLACEHOLDER.sub(lambda found: words[found[1]], template.body)
    return Shown(body, _quick_replies(template, components), kind="template", id=message_id)


def _offers(action: Payload) -> tuple[Offered, ...]:
    buttons = [button["reply"] for button in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    choices = [
        Offered(one["title"], one["id"], one.get("description", "")) for one in (*buttons, *rows)
    ]
    link = action.get("parameters")
    links = [Offered(link["display_text"], url=link["url"])] if link else []
    return (*choices, *links)


def _quick_replies(template: Template, components: Sequence[Payload]) -> tuple[Offered, ...]:
    """Return the buttons that were approved; what each sends back came with the message."""
    titles = [part.partition(":")[2].strip() for part in template.buttons.split(",") if part]
    payloads = {
        int(component["index"]): component["parameters"][0]["payload"]
        for component in components
        if component.get("sub_type") == "quick_reply"
    }
    return tuple(Offered(title, payloads.get(place, title)) for place, title in enumerate(titles))
