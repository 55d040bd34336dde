"""Places of one merchant: listed, added, checked, removed."""

import pytest

from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from tests.api.market import Market

URL = "/api/v1/places"
NEW = {"name": "Nyamazizi", "latitude": -18.451, "longitude": 29.052}


async def surveyor(market: Market) -> tuple[AsgiClient, MerchantId]:
    merchant = await market.merchant("one")
    return market.client(await market.key(merchant, "places")), merchant


async def test_a_place_is_added_and_listed(market: Market) -> None:
    client, _ = await surveyor(market)

    added = await client.post(URL, NEW)
    listed = (await client.get(URL)).json()

    assert added.status == 201
    assert listed == {"items": [added.json()], "next": None}
    shown = added.json()
    assert (shown["name"], shown["town"], shown["verified"]) == ("Nyamazizi", "Gokwe", False)
    assert (shown["latitude"], shown["longitude"], shown["contact_id"]) == (-18.45, 29.05, None)


async def test_what_a_contact_registered_is_checked(market: Market) -> None:
    client, merchant = await surveyor(market)
    place = await market.place(merchant, "Nyamazizi")

    [before] = (await client.get(f"{URL}?unverified=true")).json()["items"]
    checked = await client.post(f"{URL}/{place}/verify")

    assert (before["verified"], before["contact_id"] is not None) == (False, True)
    assert (checked.status, checked.json()["verified"]) == (200, True)
    assert (await client.get(f"{URL}?unverified=true")).json()["items"] == []


async def test_a_place_is_removed(market: Market) -> None:
    client, merchant = await surveyor(market)
    place = await market.place(merchant, "Nyamazizi")

    answers = [await client.request("DELETE", f"{URL}/{place}") for _ in range(2)]

    assert [one.status for one in answers] == [204, 404]
    assert await market.places(merchant) == []


async def test_the_list_goes_on_where_a_page_ends(market: Market) -> None:
    client, merchant = await surveyor(market)
    for name in ("Kraal A", "Kraal B", "Kraal C"):
        await market.place(merchant, name)

    first = (await client.get(f"{URL}?limit=2")).json()
    second = (await client.get(f"{URL}?limit=2&after={first['next']}")).json()

    names = [one["name"] for one in (*first["items"], *second["items"])]
    assert names == ["Kraal C", "Kraal B", "Kraal A"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"name": "Harare"}, 409, "place_known"),
        ({"name": "Call 0771000001"}, 422, "place_unusable"),
        ({"latitude": 0, "longitude": 0}, 422, "place_unusable"),
        ({"latitude": 91}, 422, "invalid_request"),
    ],
)
async def test_what_is_no_place_is_refused(
    market: Market, changed: dict[str, object], status: int, code: str
) -> None:
    client, merchant = await surveyor(market)

    answer = await client.post(URL, {**NEW, **changed})

    assert (answer.status, answer.json()["code"]) == (status, code)
    assert await market.places(merchant) == []
