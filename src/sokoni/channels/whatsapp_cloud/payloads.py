"""The parts of Meta's payloads that we read. Everything else is ignored on purpose."""

from decimal import Decimal

import msgspec

# Lists whose items we read one by one stay raw: what is wrong in one spoils no other.


class Envelope(msgspec.Struct, frozen=True, gc=False):
    entry: list[msgspec.Raw]


class Entry(msgspec.Struct, frozen=True, gc=False):
    id: str | int = ""
    """Of the business account."""
    time: str | int = ""
    """For what carries no time of its own."""
    changes: list[msgspec.Raw] = []


class Change(msgspec.Struct, frozen=True, gc=False):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"{}")


class Metadata(msgspec.Struct, frozen=True, gc=False):
    phone_number_id: str = ""


class Profile(msgspec.Struct, frozen=True, gc=False):
    name: str = ""


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Who a message is from. Either address may be missing."""

    profile: Profile | None = None
    wa_id: str = ""
    user_id: str = ""


class Value(msgspec.Struct, frozen=True, gc=False):
    """The value of the field `messages`, and of the others that concern contacts."""

    metadata: Metadata = Metadata()
    contacts: list[msgspec.Raw] = []
    messages: list[msgspec.Raw] = []
    statuses: list[msgspec.Raw] = []
    errors: list[msgspec.Raw] = []
    message_echoes: list[msgspec.Raw] = []
    user_preferences: list[msgspec.Raw] = []
    user_id_update: list[msgspec.Raw] = []


class Text(msgspec.Struct, frozen=True, gc=False):
    body: str = ""


class File(msgspec.Struct, frozen=True, gc=False):
    id: str = ""
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Location(msgspec.Struct, frozen=True, gc=False):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class CardName(msgspec.Struct, frozen=True, gc=False):
    formatted_name: str = ""
    first_name: str = ""


class CardPhone(msgspec.Struct, frozen=True, gc=False):
    phone: str = ""
    wa_id: str = ""


class Card(msgspec.Struct, frozen=True, gc=False):
    name: CardName = CardName()
    phones: list[CardPhone] = []
    origin: str = ""


class Reply(msgspec.Struct, frozen=True, gc=False):
    id: str = ""
    title: str = ""


class FormReply(msgspec.Struct, frozen=True, gc=False):
    body: str = ""
    response_json: str = ""


class Interactive(msgspec.Struct, frozen=True, gc=False):
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: FormReply | None = None


class TemplateReply(msgspec.Struct, frozen=True, gc=False):
    payload: str = ""
    text: str = ""


class Product(msgspec.Struct, frozen=True, gc=False):
    product_retailer_id: str
    quantity: int = 1
    item_price: Decimal = Decimal(0)
    currency: str = ""


class Order(msgspec.Struct, frozen=True, gc=False):
    text: str = ""
    product_items: list[Product] = []


class Reaction(msgspec.Struct, frozen=True, gc=False):
    message_id: str = ""
    emoji: str = ""


class System(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    wa_id: str = ""
    new_wa_id: str = ""
    user_id: str = ""


class Edited(msgspec.Struct, frozen=True, gc=False):
    text: Text | None = None
    image: File | None = None
    video: File | None = None
    document: File | None = None


class Edit(msgspec.Struct, frozen=True, gc=False):
    original_message_id: str = ""
    message: Edited | None = None


class Revoke(msgspec.Struct, frozen=True, gc=False):
    original_message_id: str = ""


class ReferredProduct(msgspec.Struct, frozen=True, gc=False):
    product_retailer_id: str = ""


class Context(msgspec.Struct, frozen=True, gc=False):
    id: str = ""
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: ReferredProduct | None = None
    """They pressed "message business" on it."""


class Referral(msgspec.Struct, frozen=True, gc=False):
    source_id: str = ""
    ctwa_clid: str = ""


class Message(msgspec.Struct, frozen=True, gc=False):
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


class ErrorData(msgspec.Struct, frozen=True, gc=False):
    details: str = ""


class GraphError(msgspec.Struct, frozen=True, gc=False):
    code: int
    title: str = ""
    message: str = ""
    error_data: ErrorData | None = None


class Refusal(msgspec.Struct, frozen=True, gc=False):
    error: GraphError


class Pricing(msgspec.Struct, frozen=True, gc=False):
    billable: bool | None = None
    type: str = ""
    category: str = ""


class Status(msgspec.Struct, frozen=True, gc=False):
    id: str
    status: str
    timestamp: str | int = ""
    biz_opaque_callback_data: str = ""
    pricing: Pricing | None = None
    errors: list[GraphError] = []


class Preference(msgspec.Struct, frozen=True, gc=False):
    value: str
    wa_id: str = ""
    user_id: str = ""
    category: str = ""
    timestamp: str | int = ""


class Ids(msgspec.Struct, frozen=True, gc=False):
    previous: str
    current: str


class UserIdUpdate(msgspec.Struct, frozen=True, gc=False):
    user_id: Ids
    wa_id: str = ""
    timestamp: str | int = ""


class WhyRejected(msgspec.Struct, frozen=True, gc=False):
    reason: str = ""
    recommendation: str = ""


class MoreInfo(msgspec.Struct, frozen=True, gc=False):
    title: str = ""
    description: str = ""


class TemplateUpdate(msgspec.Struct, frozen=True, gc=False):
    """The value of all fields about templates."""

    message_template_name: str
    message_template_language: str
    event: str = ""
    reason: str = ""
    rejection_info: WhyRejected | None = None
    other_info: MoreInfo | None = None
    new_quality_score: str = ""
    new_category: str = ""


class Ban(msgspec.Struct, frozen=True, gc=False):
    waba_ban_state: str = ""


class Restriction(msgspec.Struct, frozen=True, gc=False):
    restriction_type: str = ""
    expiration: str | int = ""


class AccountUpdate(msgspec.Struct, frozen=True, gc=False):
    event: str = ""
    ban_info: Ban | None = None
    restriction_info: list[Restriction] = []


class LimitUpdate(msgspec.Struct, frozen=True, gc=False):
    """The value of the fields about numbers; a tier is TIER_2K, or a number."""

    event: str = ""
    current_limit: str | int = ""
    max_daily_conversations_per_business: str | int = ""
    max_daily_conversation_per_phone: str | int = ""


class SentMessage(msgspec.Struct, frozen=True, gc=False):
    id: str


class SentContact(msgspec.Struct, frozen=True, gc=False):
    wa_id: str = ""
    user_id: str = ""


class Sent(msgspec.Struct, frozen=True, gc=False):
    """The answer to a message that was taken."""

    messages: list[SentMessage]
    contacts: list[SentContact] = []


class FileAddress(msgspec.Struct, frozen=True, gc=False):
    """Where a file can be fetched for the next minutes."""

    url: str
    file_size: int = 0


class Handles(msgspec.Struct, frozen=True, gc=False):
    """The answer to a batch of a catalogue."""

    handles: list[str] = []


class ItemError(msgspec.Struct, frozen=True, gc=False):
    id: str = ""
    message: str = ""


class BatchStatus(msgspec.Struct, frozen=True, gc=False):
    """How far a batch is: scheduled, dispatched, started, finished, canceled or error."""

    status: str = ""
    errors: list[ItemError] = []
    ids_of_invalid_requests: list[str] = []


class BatchStatuses(msgspec.Struct, frozen=True, gc=False):
    data: list[BatchStatus] = []


class Item(msgspec.Struct, frozen=True, gc=False):
    retailer_id: str = ""


class Cursors(msgspec.Struct, frozen=True, gc=False):
    after: str = ""


class Paging(msgspec.Struct, frozen=True, gc=False):
    cursors: Cursors = Cursors()
    next: str = ""
    """The address of the page that follows, where one does."""


class Items(msgspec.Struct, frozen=True, gc=False):
    """A page of a catalogue."""

    data: list[Item] = []
    paging: Paging = Paging()
