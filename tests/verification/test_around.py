"""What stands around codes: files, templates, staff, health, and what contacts may ask for."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.cli.way_checks import way_findings
from sokoni.db.writing import writing
from sokoni.dialogue.erasing import Erasing
from sokoni.dialogue.judging import StaffReview
from sokoni.kit.ids import ContactId, PhoneNumber, new_id
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.file import MerchantFileError
from sokoni.merchants.models import CodeAccount, Merchant
from sokoni.reviews.models import Report, ReportState
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_auth_api import failing, fake_auth_api
from sokoni.testing.fake_graph import fake_graph
from sokoni.verification.erasing import merge_contacts, prune_codes
from sokoni.verification.models import Code, Proof, Use
from sokoni.verification.proofs import Proofs
from sokoni.verification.uses import KEPT
from tests.verification.gate import ANA, BEN, NUMBER, Gate, code_in, gate

_TEMPLATE = """
verification: [{{way: whatsapp}}]
templates:
  - channel: whatsapp_cloud
    purpose: verification.sms
    language: en
    code: en_US
    name: otp
    category: AUTHENTICATION
    body: "{{{{1}}}} is your verification code."
    variables: [code]
    buttons:
      - title: Copy code
        url: "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{{{1}}}}"
        variable: code
"""
_CLOUD = """  - channel: whatsapp_cloud
    phone_number_id: "106540352242922"
    access_token: let-me-in
    app_secrets: ["secret"]
    verify_token: "verify"
    base_url: {url}
"""


@pytest.fixture
async def door(engine: AsyncEngine, database_url: str) -> AsyncIterator[Gate]:
    async with gate(database_url) as opened:
        yield opened


async def test_the_template_copies_the_code_and_is_in_no_log_of_ours(
    database_url: str, engine: AsyncEngine
) -> None:
    async with (
        fake_graph() as graph,
        gate(database_url, _CLOUD.format(url=graph.url) + _TEMPLATE.format()) as door,
    ):
        await door.say("let me in")
        await door.say(NUMBER)

        (taken,) = graph.taken
        body, button = taken.payload["template"]["components"]
        code = body["parameters"][0]["text"]
        said = await door.say(code)

    assert taken.to == NUMBER
    assert taken.payload["template"]["name"] == "otp"
    assert button["sub_type"] == "url"
    assert button["parameters"] == [{"type": "text", "text": code}]
    assert "Come in" in said


async def test_the_sandbox_has_no_place_in_production(database_url: str) -> None:
    with pytest.raises(MerchantFileError, match="no way to send codes is called 'sandbox'"):
        async with gate(database_url, production=True):
            pass


async def test_a_file_says_what_is_wrong_with_a_way(database_url: str) -> None:
    wrong = "verification: [{way: twilio_sms, account_sid: AC1}, {way: pigeon}]\n"

    with pytest.raises(MerchantFileError) as told:
        async with gate(database_url, wrong):
            pass

    assert "account_sid" in str(told.value)
    assert "no way to send codes is called 'pigeon'" in str(told.value)


async def test_credentials_of_a_way_are_sealed(database_url: str, engine: AsyncEngine) -> None:
    way = "verification: [{way: auth_api, url: http://127.0.0.1:9, token: hush-hush}]\n"
    async with gate(database_url, way), AsyncSession(engine) as session:
        row = await session.scalar(select(CodeAccount))

    assert row is not None
    assert b"hush-hush" not in row.config


async def test_health_has_a_line_for_the_auth_api(database_url: str) -> None:
    async with (
        fake_auth_api() as api,
        gate(database_url, f"verification: [{{way: auth_api, url: {api.url}}}]\n") as door,
    ):
        well = (await door.web.get("/health")).body.decode()
        api.always(failing(503))
        ill = await door.web.get("/health")

    assert "auth api: ok" in well.splitlines()
    assert "auth api: down (503)" in ill.body.decode().splitlines()
    assert ill.status == 200


async def test_the_doctor_says_whether_the_auth_api_answers(database_url: str) -> None:
    async with fake_auth_api() as api:
        way = f"verification: [{{way: auth_api, url: {api.url}}}]\n"
        async with gate(database_url, way) as door, AsyncSession(door.app.engine) as session:
            merchant = await session.scalar(select(Merchant))
            assert merchant is not None
            well = await way_findings(session, merchant, door.app.vault, production=False)
            api.always(failing(500))
            ill = await way_findings(session, merchant, door.app.vault, production=False)

    assert [one.text.endswith("answers.") for one in well] == [True]
    assert "codes wait until it is there" in ill[0].text


async def test_staff_say_whose_number_it_is_and_the_task_goes_on(door: Gate) -> None:
    await _prove(door, ANA)
    await door.wait(timedelta(minutes=1))
    await _prove(door, BEN)

    await _decide(door, ReportState.APPROVED)

    assert f"Please come in after all, {NUMBER}" in await door.run(BEN)
    assert await door.run(ANA) == ""
    assert await door.proofs() == [("gate", False)]


async def test_staff_may_leave_the_number_where_it_was(door: Gate) -> None:
    await _prove(door, ANA)
    await door.wait(timedelta(minutes=1))
    await _prove(door, BEN)

    await _decide(door, ReportState.REJECTED)

    assert "cannot go on with this number" in await door.run(BEN)
    assert await door.proofs() == [("gate", False)]


async def test_what_was_proven_is_exported_and_erased(door: Gate) -> None:
    await _prove(door, ANA)
    engine = door.app.engine
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        proof = await session.scalar(select(Proof))
        key = await ApiKeys(session, door.clock).issue(door.merchant_id, "desk", ["conversations"])
    assert proof is not None
    web = AsgiClient(door.web._app, {"authorization": f"Bearer {key}"})

    told = json.loads((await web.get(f"/api/v1/contacts/{proof.contact_id}/export")).body)
    async with writing(door.app.engine) as connection:
        erasing = Erasing(
            inbox=door.app.inbox, clock=door.clock, merchant_id=door.merchant_id, hooks=()
        )
        await erasing.erase(connection, proof.contact_id)

    assert [(one["number"], one["purpose"]) for one in told["numbers"]] == [(NUMBER, "gate")]
    assert await door.proofs() == []


async def test_two_contacts_who_are_one_have_one_proof(
    door: Gate, engine: AsyncEngine, clock: StoppedClock
) -> None:
    gone, kept = ContactId(new_id()), ContactId(new_id())
    async with writing(engine) as connection:
        proofs = Proofs(connection, door.app.vault, door.merchant_id, clock())
        for one in (gone, kept):
            await proofs.keep(one, PhoneNumber(NUMBER), "gate")
        await proofs.keep(gone, PhoneNumber(NUMBER), "other")

        await merge_contacts(connection, gone, kept)

        assert await proofs.find(kept, PhoneNumber(NUMBER), "other") is not None
        assert await proofs.find(gone, PhoneNumber(NUMBER), "gate") is None


async def test_what_is_no_longer_counted_is_deleted(door: Gate) -> None:
    await door.say("let me in")
    await door.say(NUMBER)
    async with writing(door.app.engine) as connection:
        await prune_codes(connection, door.clock() + timedelta(days=1), KEPT)
        kept = (await connection.execute(select(func.count()).select_from(Use))).scalar_one()
        await prune_codes(connection, door.clock() + timedelta(days=3), KEPT)
        uses = (await connection.execute(select(func.count()).select_from(Use))).scalar_one()
        codes = (await connection.execute(select(func.count()).select_from(Code))).scalar_one()

    assert kept == 3
    assert (uses, codes) == (0, 0)


async def _prove(door: Gate, who: str) -> None:
    await door.say("let me in", who)
    await door.say(code_in(await door.say(NUMBER, who)), who)


async def _decide(door: Gate, verdict: ReportState) -> None:
    review = StaffReview(
        inbox=door.app.inbox,
        vault=door.app.vault,
        clock=door.clock,
        merchant_id=door.merchant_id,
        judges={},
        country="ZW",
        staff="boss",
    )
    async with writing(door.app.engine) as connection:
        session = AsyncSession(connection, join_transaction_mode="rollback_only")
        report = await session.scalar(select(Report))
        assert report is not None
        await review.decide(connection, session, report.reference, verdict)  # type: ignore[arg-type]
        await session.close()
