"""Reads parts of Meta's bodies, and mends what can be mended."""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from sokoni.channels.whatsapp_cloud import payloads

T = TypeVar("T")

BROKEN: Final = (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError)
"""What reading a part raises that cannot be read."""

# Built once: a decoder costs more than what it decodes.
_DECODERS: Final[Mapping[type, msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (
        payloads.Envelope,
        payloads.Entry,
        payloads.Change,
        payloads.Value,
        payloads.Contact,
        payloads.Message,
        payloads.Status,
        payloads.Preference,
        payloads.UserIdUpdate,
        payloads.TemplateUpdate,
        payloads.AccountUpdate,
        payloads.LimitUpdate,
        payloads.GraphError,
    )
}


def decoded(raw: msgspec.Raw, kind: type[T]) -> T:
    """Decode; what does not fit is tried once more, mended and with loose types."""
    try:
        decoded: T = _DECODERS[kind].decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(_mended(raw), type=kind, strict=False)
    return decoded


def _mended(raw: msgspec.Raw) -> bytes:
    """Replace half characters, which make JSON malformed, and leave out what is null."""
    value = _without_nulls(json.loads(bytes(raw).decode("utf-8", "replace")))
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value
