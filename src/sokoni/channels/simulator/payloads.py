"""What comes through the simulator's door (design §7). Unknown keys are ignored."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class Media(msgspec.Struct, frozen=True):
    filename: str = ""
    kind: str = ""
    id: str = ""
    mime_type: str = ""
    caption: str = ""


class Said(msgspec.Struct, frozen=True):
    """One thing that a simulated phone said or did; `label` is that of a tapped choice."""

    merchant: str
    phone: str = msgspec.field(name="from")
    text: str | None = None
    choice: str | None = None
    label: str = ""
    location: Place | None = None
    media: str | Media | None = None
    contact: str | None = None
    """The phone number that was shared, as when one is asked for."""
    status: str = ""
    """The phone read (or received) our message `id`."""
    id: str = ""
    name: str = ""
    text_only: bool = False
    """The phone shows neither buttons nor lists."""
