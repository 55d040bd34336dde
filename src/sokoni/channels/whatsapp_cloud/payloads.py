"""The parts of Meta's payloads that we read. Everything else is ignored on purpose."""

from decimal import Decimal

import msgspec

# Lists whose items we read one by one stay raw: what is wrong in one spoils no other.


class Envelope(msgspec.Struct):
    entry: list[msgspec.Raw]


class Entry(msgspec.Struct):
    changes: list[msgspec.Raw] = []


class Change(msgspec.Struct):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"{}")


class Metadata(msgspec.Struct):
    phone_number_id: str = ""


class Profile(msgspec.Struct):
    name: str = ""


class Contact(msgspec.Struct):
    """Who a message is from. Either address may be missing."""

    profile: Profile | None = None
    wa_id: str = ""
    user_id: str = ""


class Value(msgspec.Struct):
    """The value of the field `messages`, and of the others that concern contacts."""

    metadata: Metadata = Metadata()
    contacts: list[msgspec.Raw] = []
    messages: list[msgspec.Raw] = []
    statuses: list[msgspec.Raw] = []
    errors: list[msgspec.Raw] = []
    message_echoes: list[msgspec.Raw] = []
    user_preferences: list[msgspec.Raw] = []
    user_id_update: list[msgspec.Raw] = []


class Text(msgspec.Struct):
    body: str = ""


class File(msgspec.Struct):
    id: str = ""
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Location(msgspec.Struct):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class CardName(msgspec.Struct):
    formatted_name: str = ""
    first_name: str = ""


class CardPhone(msgspec.Struct):
    phone: str = ""
    wa_id: str = ""


class Card(msgspec.Struct):
    name: CardName = CardName()
    phones: list[CardPhone] = []
    origin: str = ""


class Reply(msgspec.Struct):
    id: str = ""
    title: str = ""


class FormReply(msgspec.Struct):
    body: str = ""
    response_json: str = ""


class Interactive(msgspec.Struct):
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: FormReply | None = None


class TemplateReply(msgspec.Struct):
    payload: str = ""
    text: str = ""


class Product(msgspec.Struct):
    product_retailer_id: str
    quantity: int = 1
    item_price: Decimal = Decimal(0)
    currency: str = ""


class Order(msgspec.Struct):
    text: str = ""
    product_items: list[Product] = []


class Reaction(msgspec.Struct):
    message_id: str = ""
    emoji: str = ""


class System(msgspec.Struct):
    type: str = ""
    wa_id: str = ""
    new_wa_id: str = ""
    user_id: str = ""


class Edited(msgspec.Struct):
    text: Text | None = None
    image: File | None = None
    video: File | None = None
    document: File | None = None


class Edit(msgspec.Struct):
    original_message_id: str = ""
    message: Edited | None = None


class Revoke(msgspec.Struct):
    original_message_id: str = ""


class Context(msgspec.Struct):
    id: str = ""
    forwarded: bool = False
    frequently_forwarded: bool = False


class Referral(msgspec.Struct):
    source_id: str = ""
    ctwa_clid: str = ""


class Message(msgspec.Struct):
    """One message of any type: the object named after `type` is filled."""

    id: str
    type: str = ""
    timestamp: str | int = ""
    phone: str = msgspec.field(name="from", default="")
    from_user_id: str = ""
    to: str = ""
    to_user_id: str = ""
    group_id: str = ""
    context: Context | None = None
    referral: Referral | None = None
    text: Text | None = None
    image: File | None = None
    video: File | None = None
    audio: File | None = None
    voice: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Location | None = None
    contacts: list[Card] = []
    interactive: Interactive | None = None
    button: TemplateReply | None = None
    order: Order | None = None
    reaction: Reaction | None = None
    system: System | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None


class ErrorData(msgspec.Struct):
    details: str = ""


class GraphError(msgspec.Struct):
    code: int
    title: str = ""
    message: str = ""
    error_data: ErrorData | None = None


class Refusal(msgspec.Struct):
    error: GraphError


class Pricing(msgspec.Struct):
    billable: bool | None = None
    type: str = ""
    category: str = ""


class Status(msgspec.Struct):
    id: str
    status: str
    timestamp: str | int = ""
    biz_opaque_callback_data: str = ""
    pricing: Pricing | None = None
    errors: list[GraphError] = []


class Preference(msgspec.Struct):
    value: str
    wa_id: str = ""
    user_id: str = ""
    category: str = ""
    timestamp: str | int = ""


class Ids(msgspec.Struct):
    previous: str
    current: str


class UserIdUpdate(msgspec.Struct):
    user_id: Ids
    wa_id: str = ""
    timestamp: str | int = ""


class SentMessage(msgspec.Struct):
    id: str


class SentContact(msgspec.Struct):
    wa_id: str = ""
    user_id: str = ""


class Sent(msgspec.Struct):
    """The answer to a message that was taken."""

    messages: list[SentMessage]
    contacts: list[SentContact] = []
