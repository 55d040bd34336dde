"""How a message of either side is shown by the API."""

from collections.abc import Sequence

from pydantic import BaseModel

from sokoni.channels.appearance import Appearance, appearance
from sokoni.channels.inbound import Message as InboundMessage
from sokoni.channels.outbound import Content


class Offered(BaseModel, frozen=True):
    """A choice; its `id` is what a tap sends back."""

    id: str
    label: str
    description: str = ""


class LinkButton(BaseModel, frozen=True):
    label: str
    url: str


class Look(BaseModel, frozen=True):
    """What there is to see of a message."""

    kind: str
    """text, buttons, list, image, document, location_request, contact_request, link or template;
    sms, as a simulated phone shows one; of the channel's own catalogue product, product_list or
    catalogue; of a contact's also choice, location, contacts, audio and what else a channel
    knows."""
    text: str
    choices: Sequence[Offered] = ()
    image: str = ""
    document: str = ""
    link: LinkButton | None = None


def look_of(said: Content | InboundMessage) -> Look:
    """Return how it looks."""
    if isinstance(said, InboundMessage):
        return Look(kind=said.kind, text=said.text)
    return _look(appearance(said))


def _look(seen: Appearance) -> Look:
    return Look(
        kind=seen.kind,
        text=seen.text,
        choices=[
            Offered(id=one.id, label=one.title, description=one.description)
            for one in seen.choices
        ],
        image=seen.image_url,
        document=seen.document_url,
        link=LinkButton(label=seen.link.label, url=seen.link.url) if seen.link else None,
    )
