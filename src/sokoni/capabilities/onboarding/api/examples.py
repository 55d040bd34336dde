"""What registrations look like, for whoever reads the description of the API."""

from typing import Any, Final

_LISTED: Final[dict[str, Any]] = {
    "id": "01930e2a-7c1e-7000-8000-0000000000f1",
    "reference": "MSME-7K3M2Q5",
    "registration": "msme",
    "contact_id": "01930e2a-7c1e-7000-8000-0000000000a1",
    "phone_number": "+919876543210",
    "name": "Priya Sharma",
    "state": "completed",
    "step": "completed",
    "verified": True,
    "created_at": "2026-03-02T07:00:00Z",
    "updated_at": "2026-03-02T07:04:00Z",
    "completed_at": "2026-03-02T07:04:00Z",
}
_ANSWERS: Final = {
    "name": "Priya Sharma",
    "sector": "technology",
    "pincode": "400001",
    "phone": "+919876543210",
}
LISTED: Final[dict[str, Any]] = {"examples": [_LISTED]}
SHOWN: Final[dict[str, Any]] = {"examples": [{**_LISTED, "answers": _ANSWERS}]}
