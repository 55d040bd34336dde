"""Neutral messages as the Graph API wants them (reference/channels.md §2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from sokoni.channels import errors, inbound, outbound
from sokoni.kit.text import shortened

Payload = dict[str, Any]

# Line breaks, tabs and long gaps in a template's parameter are refused (reference §2.9).
_GAPS: Final = re.compile(r"\s+")
_EMPTY_PARAMETER: Final = "-"
_SECTION_TITLE: Final = 24


def payload(message: outbound.Outbound) -> Payload:
    """Return the body of the request that sends the message."""
    body: Payload = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(message.to),
        **_content(message.content),
        "biz_opaque_callback_data": str(message.outbox_id),
    }
    if message.reply_to:
        body["context"] = {"message_id": message.reply_to}
    return body


def read_mark(message_id: str, *, typing: bool) -> Payload:
    mark: Payload = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message_id,
    }
    return {**mark, "typing_indicator": {"type": "text"}} if typing else mark


def _recipient(to: inbound.Address) -> Mapping[str, str]:
    """Name the phone where it is known: Meta prefers it too (T-01)."""
    if to.phone:
        return {"to": to.phone}
    if to.user_id:
        return {"recipient": to.user_id}
    raise errors.RecipientUnreachableError("neither phone nor user id is known")


def _content(  # noqa: C901, PLR0911, PLR0912 - one line per kind
    content: outbound.Content,
) -> Payload:
    match content:
        case outbound.Text():
            return {"type": "text", "text": {"body": content.body, "preview_url": False}}
        case outbound.Buttons():
            return _interactive(_buttons(content))
        case outbound.Listing():
            return _interactive(_listing(content))
        case outbound.ProductShown():
            return _interactive(_product(content))
        case outbound.ProductsShown():
            return _interactive(_products(content))
        case outbound.CatalogueShown():
            return _interactive(_asking("catalog_message", "catalog_message", content.body))
        case outbound.Image():
            return {"type": "image", "image": _captioned({"link": content.url}, content.caption)}
        case outbound.Document():
            file = {"link": content.url, "filename": content.name}
            return {"type": "document", "document": _captioned(file, content.caption)}
        case outbound.Sms():
            said = {"body": f"[SMS {content.to}] {content.body}", "preview_url": False}
            return {"type": "text", "text": said}
        case outbound.Place():
            return {"type": "location", "location": _place(content.pin)}
        case outbound.LocationRequest():
            return _interactive(_asking("location_request_message", "send_location", content.body))
        case outbound.ContactRequest():
            name = "request_contact_info"
            return _interactive(_asking(name, name, content.body))
        case outbound.LinkButton():
            return _interactive(_link(content))
        case outbound.Template():
            return {"type": "template", "template": _template(content)}
        case _:
            assert_never(content)


def _place(pin: inbound.Pin) -> Payload:
    named = {"name": pin.name, "address": pin.address}
    told = {name: words for name, words in named.items() if words}
    return {"latitude": pin.latitude, "longitude": pin.longitude, **told}


def _interactive(interactive: Payload) -> Payload:
    return {"type": "interactive", "interactive": interactive}


def _buttons(content: outbound.Buttons) -> Payload:
    buttons = [
        {"type": "reply", "reply": {"id": option.id, "title": option.title}}
        for option in content.options
    ]
    made: Payload = {
        "type": "button",
        "body": {"text": content.body},
        "action": {"buttons": buttons},
    }
    if content.image_url:
        made["header"] = {"type": "image", "image": {"link": content.image_url}}
    return made


def _listing(content: outbound.Listing) -> Payload:
    rows = [_row(option) for option in content.options]
    return {
        "type": "list",
        "body": {"text": content.body},
        "action": {"button": content.label, "sections": [{"rows": rows}]},
    }


def _row(option: outbound.Option) -> Payload:
    row = {"id": option.id, "title": option.title}
    return {**row, "description": option.description} if option.description else row


def _product(content: outbound.ProductShown) -> Payload:
    action = {"catalog_id": content.catalogue, "product_retailer_id": content.product}
    made: Payload = {"type": "product", "action": action}
    return {**made, "body": {"text": content.body}} if content.body else made


def _products(content: outbound.ProductsShown) -> Payload:
    items = [{"product_retailer_id": option.product} for option in content.options]
    # One section: its title is only wanted where there are several, and the heading says it all.
    sections = [{"title": shortened(content.heading, _SECTION_TITLE), "product_items": items}]
    return {
        "type": "product_list",
        "header": {"type": "text", "text": content.heading},
        "body": {"text": content.body},
        "action": {"catalog_id": content.catalogue, "sections": sections},
    }


def _asking(kind: str, action: str, body: str) -> Payload:
    return {"type": kind, "body": {"text": body}, "action": {"name": action}}


def _link(content: outbound.LinkButton) -> Payload:
    parameters = {"display_text": content.label, "url": content.url}
    return {
        "type": "cta_url",
        "body": {"text": content.body},
        "action": {"name": "cta_url", "parameters": parameters},
    }


def _captioned(file: Payload, caption: str) -> Payload:
    return {**file, "caption": caption} if caption else file


def _template(content: outbound.Template) -> Payload:
    made: Payload = {
        "name": content.name,
        "language": {"code": content.language, "policy": "deterministic"},
    }
    components = [
        *_template_header(content.header),
        *_template_body(content),
        *_template_buttons(content.buttons),
    ]
    return {**made, "components": components} if components else made


def _template_header(header: outbound.TemplateHeader | None) -> list[Payload]:
    if header is None:
        return []
    return [{"type": "header", "parameters": [_header_parameter(header)]}]


def _header_parameter(header: outbound.TemplateHeader) -> Payload:
    if header.image_url:
        return {"type": "image", "image": {"link": header.image_url}}
    if header.document_url:
        file = {"link": header.document_url}
        named = {**file, "filename": header.document_name} if header.document_name else file
        return {"type": "document", "document": named}
    return _parameter(header.text, header.name)


def _template_body(content: outbound.Template) -> list[Payload]:
    if not content.parameters:
        return []
    names = content.parameter_names or ("",) * len(content.parameters)
    texts = [
        _parameter(value, name) for value, name in zip(content.parameters, names, strict=True)
    ]
    return [{"type": "body", "parameters": texts}]


def _parameter(value: str, name: str) -> Payload:
    text = _GAPS.sub(" ", value).strip() or _EMPTY_PARAMETER
    named = {"parameter_name": name} if name else {}
    return {"type": "text", **named, "text": text}


def _template_buttons(buttons: Sequence[outbound.TemplateButton]) -> list[Payload]:
    """Return what the buttons need to be told, each under its place among all of them."""
    return [
        _template_button(place, button)
        for place, button in enumerate(buttons)
        if button.url_suffix or button.payload
    ]


def _template_button(place: int, button: outbound.TemplateButton) -> Payload:
    made: Payload = {"type": "button", "index": str(place)}
    if button.url_suffix:
        parameter = {"type": "text", "text": button.url_suffix}
        return {**made, "sub_type": "url", "parameters": [parameter]}
    parameter = {"type": "payload", "payload": button.payload}
    return {**made, "sub_type": "quick_reply", "parameters": [parameter]}
