"""What answers about contacts look like, for whoever reads the description of the API."""

from typing import Any, Final

_CONTACT: Final = "01930e2a-7c1e-7000-8000-0000000000d1"


def _of(example: dict[str, Any]) -> dict[str, Any]:
    return {"examples": [example]}


CONVERSATION_SHOWN: Final = _of(
    {
        "id": "01930e2a-7c1e-7000-8000-0000000000f1",
        "contact_id": _CONTACT,
        "name": "Tendai",
        "language": "sn",
        "channel": "whatsapp_cloud",
        "holder": "bot",
        "held_until": None,
        "window_until": "2026-03-03T07:00:00Z",
        "last_inbound_at": "2026-03-02T07:00:00Z",
        "unreachable_at": None,
        "opted_out": False,
    }
)
CONTACT_SHOWN: Final = _of(
    {
        "id": _CONTACT,
        "name": "Tendai",
        "language": "sn",
        "opted_out": False,
        "tags": ["vip"],
        "conversations": CONVERSATION_SHOWN["examples"],
    }
)
CONTACT_LISTED: Final = _of(
    {
        "id": _CONTACT,
        "name": "Tendai",
        "language": "sn",
        "opted_out": False,
        "blocked": False,
        "created_at": "2026-03-02T07:00:00Z",
    }
)
CONSENT_SHOWN: Final = _of({"id": _CONTACT, "opted_out": True})
