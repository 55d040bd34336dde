"""The API keeps to its own description, whatever programs send: held against it by schemathesis.

What is sent is drawn from the description, as it allows and as it does not; draws are the same
every time.
"""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any, Final, TypeAlias, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests import Request
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.api.app import create_api
from sokoni.api.reference import page
from sokoni.capabilities.booking.api import router as bookings
from sokoni.capabilities.broadcast.api import router as broadcasts
from sokoni.capabilities.marketplace.api import router as marketplace
from sokoni.capabilities.marketplace.exporting import export
from sokoni.capabilities.onboarding.api import router as registrations
from sokoni.capabilities.store.api import router as store
from sokoni.db.vault import Vault
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.web.parts import WebParts
from tests.api.market import Market

BASE: Final = "http://127.0.0.1:8000"
NOTHING: Final = cast("WebParts", SimpleNamespace(production=True))
"""To be described, the API needs no parts."""
ROUTERS: Final = [marketplace, bookings, store, broadcasts, registrations]
DESCRIBED: Final = create_api(NOTHING, ROUTERS).openapi()
Operation: TypeAlias = APIOperation[Any, Any, Any, Any]


def _operations() -> list[Operation]:
    """Return what the description allows, but for keys: `test_access` is about them."""
    described = deepcopy(DESCRIBED)
    for path in described["paths"].values():
        for operation in path.values():
            del operation["security"]
    found = schemathesis.openapi.from_dict(described).get_all_operations()
    return [one.ok() for one in found if isinstance(one, Ok)]


OPERATIONS: Final = _operations()
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture
async def client(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsgiClient:
    market = Market(engine, vault, clock, routers=ROUTERS, exports={"marketplace": export})
    merchant = await market.merchant("one", "marketplace", "booking", "store", "broadcast")
    await market.aside(await market.conversation(merchant, "+263771000001", "Tendai"))
    await market.place(merchant, "Nyamazizi")
    return market.client(await market.key(merchant, "admin"), production=True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
@settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_answers_are_as_described(
    client: AsgiClient, operation: Operation, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from(_modes(operation)))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    asked = Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    body = asked.body or b""

    answer = await client.request(
        operation.method.upper(),
        asked.path_url,
        body=body if isinstance(body, bytes) else str(body).encode(),
        headers={name: str(value) for name, value in asked.headers.items()},
    )

    headers = {name: [value] for name, value in answer.headers.items()}
    response = Response(answer.status, headers, answer.body, asked, 0.1, verify=False)
    case.validate_response(response, checks=CHECKS)


def _modes(operation: Operation) -> list[GenerationMode]:
    """Return how to draw: nothing wrong can be sent where nothing is asked for."""
    asks = list(operation.iter_parameters()) or list(operation.body)
    return list(GenerationMode) if asks else [GenerationMode.POSITIVE]


def test_all_that_is_described_has_operations() -> None:
    assert len(OPERATIONS) == sum(len(path) for path in DESCRIBED["paths"].values())


def test_everything_wants_a_key() -> None:
    for path in DESCRIBED["paths"].values():
        assert all(one["security"] == [{"API key": []}] for one in path.values())


def test_what_is_created_may_be_asked_for_again_and_shows_what_it_looks_like() -> None:
    for path in ("listings", "buy_requests", "users", "providers", "bookings", "products"):
        created = DESCRIBED["paths"][f"/api/v1/{path}"]["post"]
        body = created["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = DESCRIBED["components"]["schemas"][body.rpartition("/")[2]]

        assert "Idempotency-Key" in [one["name"] for one in created["parameters"]]
        assert schema["examples"]


def test_every_example_has_what_its_model_has() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    shown = {name: one for name, one in schemas.items() if "examples" in one}

    assert {"ListingShown", "SellerShown", "ReviewShown", "ContactShown"} <= shown.keys()
    assert {"UserShown", "ProviderShown", "BookingShown"} <= shown.keys()
    assert {"RegistrationListed", "RegistrationShown"} <= shown.keys()
    for schema in shown.values():
        for example in schema["examples"]:
            assert set(schema.get("required", ())) <= example.keys() <= schema["properties"].keys()


def test_the_page_shows_the_examples() -> None:
    shown = page(DESCRIBED)

    for said in ("LST-7K3M2Q", "REQ-4H8N6R", "Healthy goats, fair price", "BKG-7K3M2QX"):
        assert said in shown
    assert "&quot;ask_sellers&quot;: true" in shown, "what is asked has one, too"
    assert "&quot;next&quot;: null" in shown, "and so has a page of many"
