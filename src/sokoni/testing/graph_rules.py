"""What Meta refuses: required fields and limits of the messages endpoint, with its codes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sokoni.kit.text import units

Payload = Mapping[str, Any]
Fault = tuple[int, str]

MISSING: Final = 131008
INVALID: Final = 131009
_UNSUPPORTED: Final = 131051
_PARAMETER: Final = 100
_REQUESTS: Final = {
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
    "catalog_message": "catalog_message",
}


def first_fault(payload: object) -> Fault | None:
    """Return Meta's code and words for the first thing wrong, None where it would be taken."""
    if not isinstance(payload, Mapping):
        return _PARAMETER, "The request body is no JSON object"
    try:
        return next(_faults(payload), None)
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        return INVALID, f"Parameter value is not valid: {error}"


def _faults(payload: Payload) -> Iterator[Fault]:
    if payload.get("messaging_product") != "whatsapp":
        yield _PARAMETER, "The parameter messaging_product is required"
    if not payload.get("to") and not payload.get("recipient"):
        yield _PARAMETER, "The parameter to is required"
    yield from _within("biz_opaque_callback_data", payload.get("biz_opaque_callback_data"), 512, 0)
    kind = payload.get("type", "text")
    check = _KINDS.get(kind)
    if check is None:
        yield _UNSUPPORTED, f"Message type {kind} is not supported"
    elif not payload.get(kind):
        yield MISSING, f"Parameter {kind} is missing"
    else:
        yield from check(payload[kind])


def _text(text: Payload) -> Iterator[Fault]:
    yield from _within("text.body", text.get("body"), 4096)


def _file(file: Payload) -> Iterator[Fault]:
    if bool(file.get("id")) == bool(file.get("link")):
        yield INVALID, "Exactly one of id and link is required"
    yield from _within("caption", file.get("caption"), 1024, 0)


def _location(location: Payload) -> Iterator[Fault]:
    if not {"latitude", "longitude"} <= location.keys():
        yield MISSING, "Parameters latitude and longitude are required"


def _template(template: Payload) -> Iterator[Fault]:
    yield from _within("template.name", template.get("name"), 512)
    if not template["language"].get("code"):
        yield MISSING, "Parameter template.language.code is missing"
    for component in template.get("components", ()):
        if component["type"] not in {"header", "body", "button"}:
            yield _PARAMETER, f"Component type {component['type']} is not known"
        for parameter in component["parameters"]:
            yield from _template_parameter(parameter)


def _template_parameter(parameter: Payload) -> Iterator[Fault]:
    kind = str(parameter["type"])
    if not parameter.get(kind):
        yield MISSING, f"Parameter {kind} is missing"
    elif kind in {"image", "document", "video"}:
        yield from _file(parameter[kind])
    elif kind == "payload":
        yield from _within("payload", parameter[kind], 256)
    text = str(parameter.get("text", ""))
    if "\n" in text or "\t" in text or "     " in text:
        yield 132018, "Parameter text has new lines, tabs or too many spaces"


def _interactive(interactive: Payload) -> Iterator[Fault]:
    kind = interactive.get("type")
    body = interactive.get("body", {}) if kind == "product" else interactive["body"]
    least = 0 if kind == "product" else 1
    yield from _within("interactive.body.text", body.get("text"), 1024, least)
    if "footer" in interactive:
        yield from _within("interactive.footer.text", interactive["footer"].get("text"), 60)
    check = _INTERACTIVE.get(str(kind))
    if check is not None:
        yield from check(interactive)
    elif kind not in _REQUESTS:
        yield _UNSUPPORTED, f"Interactive type {kind} is not supported"
    elif interactive["action"].get("name") != _REQUESTS[kind]:
        yield INVALID, f"Parameter action.name must be {_REQUESTS[kind]}"


def _button(interactive: Payload) -> Iterator[Fault]:
    yield from _buttons(interactive["action"]["buttons"])


def _list(interactive: Payload) -> Iterator[Fault]:
    action = interactive["action"]
    yield from _within("action.button", action.get("button"), 20)
    yield from _sections(action["sections"])


def _link(interactive: Payload) -> Iterator[Fault]:
    parameters = interactive["action"]["parameters"]
    yield from _within("display_text", parameters.get("display_text"), 20)
    yield from _url(parameters.get("url"))


def _buttons(buttons: list[Payload]) -> Iterator[Fault]:
    if not 1 <= len(buttons) <= 3:
        yield INVALID, "1 to 3 buttons are allowed"
    for button in buttons:
        yield from _within("reply.id", button["reply"].get("id"), 256)
        yield from _within("reply.title", button["reply"].get("title"), 20)
    yield from _distinct("button", [button["reply"] for button in buttons])


def _sections(sections: list[Payload]) -> Iterator[Fault]:
    rows = [row for section in sections for row in section["rows"]]
    if not 1 <= len(rows) <= 10:
        yield INVALID, "1 to 10 rows are allowed in total"
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        yield MISSING, "Sections need titles where there are several"
    for row in rows:
        yield from _within("row.id", row.get("id"), 200)
        yield from _within("row.title", row.get("title"), 24)
        yield from _within("row.description", row.get("description"), 72, 0)
    yield from _distinct("row", rows)


def _product(interactive: Payload) -> Iterator[Fault]:
    if "header" in interactive:
        yield INVALID, "A product message has no header"
    for name in ("catalog_id", "product_retailer_id"):
        yield from _within(name, interactive["action"].get(name), 100)


def _products(interactive: Payload) -> Iterator[Fault]:
    header = interactive.get("header")
    if not header or header.get("type") != "text":
        yield MISSING, "A list of products needs a header of text"
        return
    yield from _within("header.text", header.get("text"), 60)
    action = interactive["action"]
    yield from _within("catalog_id", action.get("catalog_id"), 100)
    sections: list[Payload] = action["sections"]
    if not 1 <= len(sections) <= 10:
        yield INVALID, "1 to 10 sections are allowed"
    if not all(section.get("title") for section in sections) and len(sections) > 1:
        yield MISSING, "Sections need titles where there are several"
    for section in sections:
        yield from _within("section.title", section.get("title"), 24, 0)
    items = [item for section in sections for item in section["product_items"]]
    if not 1 <= len(items) <= 30:
        yield INVALID, "1 to 30 products are allowed in total"
    for item in items:
        yield from _within("product_retailer_id", item.get("product_retailer_id"), 100)


def _distinct(what: str, shown: list[Payload]) -> Iterator[Fault]:
    for key in ("id", "title"):
        if len({one[key] for one in shown}) < len(shown):
            yield INVALID, f"Duplicate {what} {key}"


def _url(url: object) -> Iterator[Fault]:
    if not str(url).startswith(("http://", "https://")):
        yield INVALID, "Parameter url is not valid"


def _within(what: str, text: object, most: int, least: int = 1) -> Iterator[Fault]:
    if text is None and least == 0:
        return
    if text is None:
        yield MISSING, f"Parameter {what} is missing"
    elif not isinstance(text, str) or not least <= units(text) <= most:
        yield INVALID, f"Parameter {what} must be {least} to {most} characters long"


_INTERACTIVE: Final = {
    "button": _button,
    "list": _list,
    "cta_url": _link,
    "product": _product,
    "product_list": _products,
}
_KINDS: Final = {
    "text": _text,
    "image": _file,
    "video": _file,
    "audio": _file,
    "document": _file,
    "sticker": _file,
    "location": _location,
    "template": _template,
    "interactive": _interactive,
}
