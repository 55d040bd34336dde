"""The doctor says in plain words what is missing or unsafe."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.registry import Registry
from sokoni.cli.doctor import examine
from sokoni.cli.findings import Finding, Weight
from sokoni.cli.merchant_checks import MerchantCheck
from sokoni.cli.server_checks import reach_finding, settings_findings
from sokoni.config import Environment, Settings
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.db.vault import Vault, new_key
from sokoni.merchants.declared import DeclaredTemplate
from sokoni.merchants.file import Kinds, read_merchant_file
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import Merchants
from sokoni.messaging.declared_templates import declare_templates
from sokoni.messaging.models import PricedCount
from sokoni.testing.clock import NOON, StoppedClock
from sokoni.testing.loopback import Answered, Asked, serving
from tests.cli.conftest import Run
from tests.cli.test_merchant_commands import MARKET
from tests.conftest import THREE


def texts(findings: list[Finding], weight: Weight) -> list[str]:
    return [finding.text for finding in findings if finding.weight is weight]


def production(**given: object) -> Settings:
    return Settings(env=Environment.PRODUCTION, public_url="https://market.example", **given)  # type: ignore[arg-type]  # any setting


def test_a_new_installation_is_told_what_to_do(run: Run) -> None:
    said = run("doctor")

    assert said.code == 1
    assert "The database answers: sqlite" in said.out
    assert "run `sokoni db upgrade`" in said.out


def test_an_installation_in_order_is_well(run: Run) -> None:
    run("db", "upgrade")

    said = run("doctor")

    assert said.code == 0, said.out
    assert "no merchant yet" in said.out
    assert "keep a copy" in said.out


def test_a_setting_of_the_wrong_kind_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOKONI_TURN_BATCH", "many")

    said = run("doctor")

    assert said.code == 1
    assert "TURN_BATCH" in said.out


def test_a_database_and_a_redis_that_do_not_answer_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOKONI_DATABASE_URL", "postgresql://ann:hush@127.0.0.1:1/sokoni")
    monkeypatch.setenv("SOKONI_REDIS_URL", "redis://127.0.0.1:1")

    said = run("doctor")

    assert said.code == 1
    assert "Redis does not answer" in said.out
    assert "does not answer (ConnectionRefusedError)" in said.out
    assert "hush" not in said.out


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://market.example", "providers deliver to https:// alone"),
        ("https://localhost:8000", "no provider reaches that"),
    ],
)
def test_production_needs_an_address_that_providers_reach(url: str, expected: str) -> None:
    found = list(settings_findings(Settings(env=Environment.PRODUCTION, public_url=url)))

    assert any(expected in text for text in texts(found, Weight.WRONG))


def test_an_address_in_order_is_not_praised_before_it_was_tried() -> None:
    assert texts(list(settings_findings(production())), Weight.GOOD) == []


@pytest.mark.parametrize(
    ("answered", "weight", "expected"),
    [
        (Answered(body=b"database: ok\n"), Weight.GOOD, "from outside was not tried"),
        (Answered(503, b"database: down\n"), Weight.ADVICE, "is not well"),
        (Answered(502, b"bad gateway"), Weight.ADVICE, "something else answers (502)"),
        (Answered(body=b"<html>hello"), Weight.ADVICE, "something else answers (200)"),
        (Answered(cut=True), Weight.ADVICE, "Nobody answers"),
    ],
)
async def test_the_servers_own_address_is_tried(
    answered: Answered, weight: Weight, expected: str
) -> None:
    asked: list[str] = []

    def answer(one: Asked) -> Answered:
        asked.append(one.path)
        return answered

    async with serving(answer) as url:
        found = await reach_finding(Settings(public_url=f"{url}/"))

    assert (found.weight, asked[0]) == (weight, "/health")
    assert expected in found.text


def test_a_log_level_that_is_none_is_named() -> None:
    found = list(settings_findings(Settings(log_level="LOUD")))

    assert any("'LOUD'" in text for text in texts(found, Weight.WRONG))


async def test_a_key_file_that_others_may_read_is_named(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    await upgrade(settings.database_url, load_models())
    await examine(settings)
    settings.key_file.chmod(0o644)

    found = await examine(settings)

    assert any("chmod 600" in text for text in texts(found, Weight.WRONG))


@pytest.fixture
async def check(session: AsyncSession, vault: Vault, clock: StoppedClock) -> MerchantCheck:
    """Look at a merchant with two channels and a template in one of its two languages."""
    registry = Registry.installed()
    known = Kinds(
        channels={name: registry.get(name).config for name in registry},
        capabilities={},
        languages={"en", "sn"},
    )
    merchants = Merchants(session, vault, clock)
    await merchants.apply(read_merchant_file(MARKET, known, {"PHONE_ID": "1234567"}))
    merchant = await merchants.get("village")
    one = DeclaredTemplate(
        channel=("whatsapp_cloud",), purpose="sold", language="en", name="sold", body="Sold."
    )
    await declare_templates(session, merchant.id, [one])
    return await MerchantCheck.of(session, merchant, vault, production=True)


async def test_a_merchant_is_looked_at_closely(check: MerchantCheck) -> None:
    found = list(check.findings())

    assert texts(found, Weight.WRONG) == [
        "village, simulator village: a channel without signatures has no place in production."
    ]
    assert texts(found, Weight.GOOD) == ["village, whatsapp_cloud 1234567: configured."]
    assert texts(found, Weight.ADVICE) == [
        "village, simulator: no approved template in en for sold.",
        "village, simulator: no approved template in sn for sold.",
        "village, whatsapp_cloud: no approved template in sn for sold.",
        "village has no staff: nobody is told when a contact asks for a person.",
    ]


async def test_a_channel_that_cannot_send_is_named(
    check: MerchantCheck, session: AsyncSession, vault: Vault
) -> None:
    statement = update(ChannelAccount).where(ChannelAccount.channel == "whatsapp_cloud")
    await session.execute(statement.values(paused_reason="token expired", config=b"spoilt"))
    session.expunge_all()
    again = await MerchantCheck.of(session, check.merchant, vault, production=False)

    found = texts(list(again.findings()), Weight.WRONG)

    assert found == [
        "village, whatsapp_cloud 1234567: nothing is sent, token expired.",
        (
            "village, whatsapp_cloud 1234567: its credentials cannot be decrypted; "
            "apply its file again."
        ),
    ]


async def test_what_the_channel_thinks_of_templates_is_told(
    check: MerchantCheck, session: AsyncSession, vault: Vault
) -> None:
    (row,) = check.templates
    row.quality = "RED"
    poor = texts(list(check.findings()), Weight.ADVICE)
    row.approval, row.reason = "PAUSED", "FIRST_PAUSE"
    paused = texts(list(check.findings()), Weight.ADVICE)

    assert "village, whatsapp_cloud: template sold (en) is not liked: its quality is RED." in poor
    assert (
        "village, whatsapp_cloud: template sold (en) is not sent: PAUSED, FIRST_PAUSE." in paused
    )
    assert "village, whatsapp_cloud: no approved template in en for sold." in paused


@pytest.mark.parametrize(("used", "told"), [(799, False), (800, True)])
async def test_a_number_whose_free_messages_run_out_is_named(
    check: MerchantCheck, session: AsyncSession, vault: Vault, used: int, *, told: bool
) -> None:
    account = next(one for one in check.accounts if one.channel == "whatsapp_cloud")
    session.add(
        PricedCount(
            account_id=account.id,
            month=NOON.date().replace(day=1),
            category="service",
            billable=0,
            free=used,
            metered=used,
            told=0,
        )
    )
    await session.flush()
    again = await MerchantCheck.of(
        session, check.merchant, vault, production=True, clock=lambda: NOON
    )

    found = [text for text in texts(list(again.findings()), Weight.ADVICE) if "free" in text]

    assert [f"{used} of its 1000 free messages" in text for text in found] == [True] * told


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_every_database_is_recognised(engine: AsyncEngine, database_url: str) -> None:
    settings = production(database_url=database_url, secret_keys=SecretStr(new_key()))

    found = await examine(settings)

    if "//root@" in database_url:
        assert "root without a password" in found[0].text
    else:
        assert any(engine.dialect.name in finding.text for finding in found)
