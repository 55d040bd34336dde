"""What WhatsApp would show of the payloads that the fake Graph server took."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.engine import READING
from sokoni.kit.ids import MerchantId
from sokoni.messaging.models import Template
from sokoni.testing.fake_graph import Taken
from sokoni.testing.graph_templates import ApprovedTemplate
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

    async def approved(self) -> list[ApprovedTemplate]:
        """Return what the merchant had approved."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            rows = await session.scalars(self._templates())
            return [approved(row) for row in rows]

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
        statement = self._templates().where(
            Template.name == content["name"],
            Template.code == content["language"]["code"],
        )
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            return (await session.scalars(statement)).one()

    def _templates(self) -> Select[Template]:
        return select(Template).where(
            Template.merchant_id == self._merchant_id, Template.channel == self._channel
        )


def interactive(content: Payload, message_id: str) -> Shown:
    """Draw buttons, a list, a link button, products, or a request for a place or a number."""
    action: Payload = content["action"]
    meta = str(content["type"])
    kind = {"button": "buttons", "cta_url": "link"}.get(meta, meta)
    text = content.get("body", {}).get("text", "")
    return Shown(text, _offers(action), kind=kind, id=message_id)


def filled(template: Template, content: Payload, message_id: str) -> Shown:
    """Draw an approved template with the variables that were sent."""
    components: Sequence[Payload] = content.get("components", ())
    head = (template.header or {}).get("text", "")
    parts = (
        _worded(head, _values(components, "header")),
        _worded(template.body, _values(components, "body")),
        template.footer,
    )
    text = "\n\n".join(part for part in parts if part)
    return Shown(text, _template_buttons(template, components), kind="template", id=message_id)


def approved(template: Template) -> ApprovedTemplate:
    """Return the row as Meta would keep it."""
    header = template.header or {}
    return ApprovedTemplate(
        name=template.name,
        language=template.code,
        body=template.body,
        header=header.get("kind", "text").upper() if header else "",
        header_text=header.get("text", ""),
        buttons=[button.get("url", "") for button in template.buttons],
        status=template.approval,
    )


def _values(components: Sequence[Payload], part: str) -> Mapping[str, str]:
    """Return what fills the variables of a part, by their names and numbers."""
    values = [
        (parameter.get("parameter_name", str(place)), parameter["text"])
        for component in components
        if component["type"] == part
        for place, parameter in enumerate(component["parameters"], 1)
        if parameter["type"] == "text"
    ]
    return dict(values)


def _worded(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _offers(action: Payload) -> tuple[Offered, ...]:
    buttons = [button["reply"] for button in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section.get("rows", ())]
    choices = [
        Offered(one["title"], one["id"], one.get("description", "")) for one in (*buttons, *rows)
    ]
    link = action.get("parameters")
    links = [Offered(link["display_text"], url=link["url"])] if link else []
    return (*choices, *links)


def _template_buttons(template: Template, components: Sequence[Payload]) -> tuple[Offered, ...]:
    """Return the buttons that were approved; what varies in each came with the message."""
    given = {
        int(component["index"]): component["parameters"][0]
        for component in components
        if component["type"] == "button"
    }
    return tuple(
        _template_button(button, given.get(place, {}))
        for place, button in enumerate(template.buttons)
    )


def _template_button(button: Payload, given: Payload) -> Offered:
    title = str(button["title"])
    if "url" in button:
        return Offered(title, url=_PLACEHOLDER.sub(str(given.get("text", "")), button["url"]))
    return Offered(title, str(given.get("payload", title)))
