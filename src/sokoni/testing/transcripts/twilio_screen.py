"""What WhatsApp would show of the messages that the fake Twilio took."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeAlias

from sokoni.messaging.models import Template
from sokoni.testing.fake_twilio import Taken
from sokoni.testing.transcripts.matching import Offered, Shown
from sokoni.testing.twilio_contents import Drawn, StoredContent

Payload: TypeAlias = Mapping[str, Any]

_KINDS: Final = {
    "twilio/quick-reply": "buttons",
    "twilio/list-picker": "list",
    "twilio/call-to-action": "link",
    "whatsapp/card": "template",
}


def shown(taken: Taken) -> Shown:
    """Draw a message."""
    if taken.drawn is not None:
        return _content(taken.drawn, taken.sid)
    kind = "image" if "MediaUrl" in taken.form else "text"
    return Shown(taken.form.get("Body", ""), kind=kind, id=taken.sid)


def approved(template: Template) -> StoredContent:
    """Return the content that a merchant would have approved for a template of its file.

    Its variables are numbered through: those of the body, then the head's, then the links'.
    """
    names = [name for name in template.variables.split(",") if name]
    numbers = count(len(names) + 1)
    head = _renumbered((template.header or {}).get("text", ""), numbers)
    actions = [_action(button, numbers) for button in template.buttons]
    card = {"header_text": head, "body": template.body, "footer": template.footer}
    return StoredContent(
        friendly_name=template.name,
        types={"whatsapp/card": {**card, "actions": actions}},
        language=template.language,
        approved=template.approval == "APPROVED",
    )


def _action(button: Payload, numbers: Iterator[int]) -> Payload:
    if "url" in button:
        url = _renumbered(button["url"], numbers)
        return {"type": "URL", "title": button["title"], "url": url}
    return {"type": "QUICK_REPLY", "title": button["title"], "id": button["choice"]}


def _renumbered(text: str, numbers: Iterator[int]) -> str:
    return text.replace("{{1}}", f"{{{{{next(numbers)}}}}}") if "{{1}}" in text else text


def _content(drawn: Drawn, message_id: str) -> Shown:
    body = drawn.body
    parts = (body.get("header_text"), body["body"], body.get("footer"))
    text = "\n\n".join(part for part in parts if part)
    return Shown(text, tuple(_offers(body)), kind=_KINDS[drawn.kind], id=message_id)


def _offers(body: Payload) -> Iterator[Offered]:
    actions: Sequence[Payload] = body.get("actions", ())
    for action in actions:
        if action["type"] == "URL":
            yield Offered(action["title"], url=action["url"])
        else:
            yield Offered(action["title"], action["id"])
    for item in body.get("items", ()):
        yield Offered(item["item"], item["id"], item.get("description", ""))
