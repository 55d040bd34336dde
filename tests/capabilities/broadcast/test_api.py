"""Programs draft, prove, send and watch broadcasts."""

from tests.capabilities.broadcast.hall import SALE, Hall

ANA, BEN = "+263771000001", "+263771000002"


async def test_a_broadcast_is_drafted_proved_and_sent_by_a_program(hall: Hall) -> None:
    await hall.contact(ANA)
    await hall.contact(BEN, agreed=False)
    client = await hall.client("broadcasts")

    drafted = (await client.post("/api/v1/broadcasts", SALE)).json()
    at = f"/api/v1/broadcasts/{drafted['reference']}"
    wrong = await client.post(f"{at}/send", {"proof": "none"})
    proof = (await client.post(f"{at}/proof")).json()
    sent = (await client.post(f"{at}/send", {"proof": proof["hash"]})).json()
    await hall.settle()
    shown = (await client.get(at)).json()
    page = (await client.get(f"{at}/recipients?limit=1")).json()
    results = (await client.get(f"{at}/results")).body.decode()
    lines = results.splitlines()

    assert (wrong.status, wrong.json()["code"]) == (409, "proof_missing")
    assert proof["counts"] == {"in_window": 1, "no_consent": 1}
    assert (sent["state"], shown["state"]) == ("sending", "done")
    assert (shown["progress"]["read"], shown["progress"]["left_out"]) == (1, 1)
    assert len(page["items"]) == 1
    assert page["next"] is not None
    assert len(lines) == 3
    assert results.startswith("\ufeffcontact,"), "spreadsheets know by it that it is UTF-8"
    assert hall.told() == [ANA]


async def test_the_seeds_message_goes_to_all_in_one_request(hall: Hall) -> None:
    await hall.contact(ANA, agreed=False)
    await hall.contact(BEN, wrote_hours_ago=48)
    client = await hall.client("broadcasts")

    answer = await client.post("/api/v1/send-broadcast", {"message": "We are closed {today}."})
    await hall.settle()
    no_steps = await client.post("/api/v1/send-broadcast", {"message": "Hi", "target_step": "x"})

    assert (answer.status, answer.json()["status"]) == (202, "accepted")
    assert answer.json()["counts"] == {"in_window": 1, "template": 1}
    assert sorted(hall.told()) == [ANA, BEN]
    assert (no_steps.status, no_steps.json()["code"]) == (422, "fact_refused")


async def test_what_there_is_not_is_refused_and_a_key_must_be_for_it(hall: Hall) -> None:
    client, reader = await hall.client("broadcasts"), await hall.client("read")

    for wrong in (
        {"audience": {"all": [{"fact": "shoe.size", "values": ["9"]}]}},
        {"reply": "store.fly"},
        {"texts": {"en": "Hi {shoe}"}},
    ):
        assert (await client.post("/api/v1/broadcasts", {**SALE, **wrong})).status == 422
    assert (await reader.get("/api/v1/broadcasts")).status == 403
    names = {one["name"] for one in (await client.get("/api/v1/broadcasts/facts")).json()}
    assert {"language", "tag", "heard", "store.last_order"} <= names


async def test_a_test_goes_to_who_is_named(hall: Hall) -> None:
    await hall.contact(ANA)
    await hall.contact(BEN)
    client = await hall.client("broadcasts")
    drafted = (await client.post("/api/v1/broadcasts", SALE)).json()

    tried = await client.post(
        f"/api/v1/broadcasts/{drafted['reference']}/test", {"contacts": [BEN]}
    )
    await hall.settle()

    assert tried.json() == {"contacts": 1}
    assert hall.told() == [BEN]


async def test_the_seeds_own_addresses_work_with_a_key(hall: Hall) -> None:
    await hall.contact(ANA)
    client = await hall.client("broadcasts", "read")

    nobody = await hall.web.post("/send-broadcast", {"message": "Closed on Monday."})
    sent = await client.post("/send-broadcast", {"message": "Closed on Monday."})
    figures = await client.get("/stats")
    await hall.settle()

    assert (nobody.status, sent.status, figures.status) == (401, 202, 200)
    assert (sent.json()["status"], sent.json()["counts"]) == ("accepted", {"in_window": 1})
    assert hall.told() == [ANA]
