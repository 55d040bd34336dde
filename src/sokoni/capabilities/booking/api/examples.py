"""What requests and answers look like, for whoever reads the description of the API."""

from typing import Any, Final

_USER: Final = "01930e2a-7c1e-7000-8000-0000000000a1"
_PROVIDER: Final = "01930e2a-7c1e-7000-8000-0000000000b1"


def _of(example: dict[str, Any]) -> dict[str, Any]:
    return {"examples": [example]}


USER_SAID: Final = _of(
    {
        "phone_number": "+263777530322",
        "name": "Vincent Mugondora",
        "location": "Mufakose, Harare",
        "agreed_privacy_policy": True,
    }
)
USER_CHANGE: Final = _of({"location": "Borrowdale, Harare"})
PROVIDER_SAID: Final = _of(
    {
        "phone_number": "+263718275163",
        "name": "Seagate Plumbers",
        "service_type": "plumber",
        "location": "6 Weale Road, Milton Park, Harare",
        "areas": ["Harare"],
    }
)
PROVIDER_CHANGE: Final = _of({"service_type": ["plumber", "welder"], "status": "paused"})
BOOKING_SAID: Final = _of(
    {
        "user_number": "+263777530322",
        "provider_number": "+263718275163",
        "service_type": "plumber",
        "date_time": "2026-03-03T15:00:00+02:00",
        "issue": "Bathroom sink is blocked",
        "location": "12 Main Street, Mufakose, Harare",
    }
)
STATUS_SAID: Final = _of({"status": "cancelled", "by": "user", "reason": "I fixed it myself"})
_USER_SHOWN: Final = {
    "id": _USER,
    "phone_number": "+263777530322",
    "name": "Vincent Mugondora",
    "location": "Mufakose, Harare",
    "agreed_privacy_policy": True,
    "onboarding_completed": True,
    "registered_at": "2026-03-02T07:00:00Z",
    "updated_at": "2026-03-02T07:00:00Z",
}
_BOOKING_SHOWN: Final = {
    "id": "01930e2a-7c1e-7000-8000-0000000000c1",
    "reference": "BKG-7K3M2QX",
    "user_id": _USER,
    "user_number": "+263777530322",
    "user_name": "Vincent Mugondora",
    "provider_id": _PROVIDER,
    "provider_number": "+263718275163",
    "provider_name": "Seagate Plumbers",
    "service_type": "plumber",
    "issue": "Bathroom sink is blocked",
    "location": "Mufakose, Harare",
    "address": "12 Main Street",
    "date_time": "2026-03-03T15:00:00+02:00",
    "ends_at": "2026-03-03T16:00:00+02:00",
    "time_words": "tomorrow at 3pm",
    "status": "pending",
    "answer_by": "2026-03-02T19:00:00Z",
    "proposed_at": None,
    "proposed_by": "",
    "ended_by": "",
    "note": "",
    "created_at": "2026-03-02T07:00:00Z",
    "updated_at": "2026-03-02T07:00:00Z",
}
USER_SHOWN: Final = _of(_USER_SHOWN)
PROFILE_SHOWN: Final = _of({**_USER_SHOWN, "bookings": [_BOOKING_SHOWN]})
BOOKING_SHOWN: Final = _of(_BOOKING_SHOWN)
PROVIDER_SHOWN: Final = _of(
    {
        "id": _PROVIDER,
        "reference": "PRV-4H8N6RT",
        "name": "Seagate Plumbers",
        "services": ["plumber"],
        "location": "Milton Park",
        "areas": ["Harare"],
        "status": "active",
        "stars": 4.8,
        "ratings": 6,
        "next_free": "2026-03-02T07:30:00Z",
        "distance_km": 3.2,
        "registered_at": "2026-03-02T07:00:00Z",
    }
)
