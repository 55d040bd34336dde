"""What broadcasts look like, for whoever reads the description of the API."""

from typing import Any, Final

_HASH: Final = "3f8a1c…"
PROOF: Final[dict[str, Any]] = {
    "examples": [
        {
            "hash": _HASH,
            "at": "2026-03-02T07:00:00Z",
            "counts": {"in_window": 12, "template": 340, "no_consent": 51, "opted_out": 7},
            "costs": {
                "messages": {"marketing": 340, "service": 12},
                "total": "7.65",
                "currency": "USD",
            },
        }
    ]
}
PROGRESS: Final[dict[str, Any]] = {
    "recipients": 410,
    "planned": 120,
    "queued": 30,
    "said": 202,
    "left_out": 58,
    "sent": 200,
    "delivered": 190,
    "read": 80,
    "failed": 2,
    "replied": 9,
    "clicked": 6,
    "verdicts": {"in_window": 12, "template": 340, "no_consent": 51, "opted_out": 7},
    "errors": {"send_refused 131049": 2},
}
SHOWN: Final[dict[str, Any]] = {
    "examples": [
        {
            "id": "01930e2a-7c1e-7000-8000-0000000000d1",
            "reference": "BRC-7K3M2Q5",
            "name": "Sale on Saturday",
            "state": "sending",
            "said": {"name": "Sale on Saturday", "texts": {"en": "Everything is 10% off."}},
            "proof": PROOF["examples"][0],
            "progress": PROGRESS,
            "starts_at": "2026-03-06T07:00:00Z",
            "ends_at": "2026-03-07T07:00:00Z",
            "why": "",
            "made_by": "shop",
            "sent_by": "shop",
            "created_at": "2026-03-02T07:00:00Z",
            "ended_at": None,
            "numbers": ["198 of 225 contacts written to first within 24 hours"],
        }
    ]
}
RECIPIENT: Final[dict[str, Any]] = {
    "examples": [
        {
            "id": "01930e2a-7c1e-7000-8000-0000000000e1",
            "contact_id": "01930e2a-7c1e-7000-8000-0000000000a1",
            "verdict": "template",
            "step": "said",
            "due_at": "2026-03-06T07:00:00Z",
            "said_at": "2026-03-06T07:00:01Z",
            "sent_at": "2026-03-06T07:00:02Z",
            "delivered_at": "2026-03-06T07:00:05Z",
            "read_at": None,
            "failed_at": None,
            "error": "",
            "replied_at": None,
            "clicked_at": None,
            "clicked": "",
        }
    ]
}
SEND: Final[dict[str, Any]] = {"examples": [{"proof": _HASH}]}
TEST: Final[dict[str, Any]] = {"examples": [{"contacts": ["+263771000001"]}]}
MESSAGE: Final[dict[str, Any]] = {
    "examples": [{"message": "We are closed on Monday.", "target_step": "phone"}]
}
FACT: Final[dict[str, Any]] = {
    "examples": [
        {
            "name": "created",
            "about": "Is known since within so many days.",
            "kind": "days",
            "choices": [],
        }
    ]
}
