"""Meta takes a message and says later that it could not be delivered: the whole server, as is."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.cli.merchant_checks import MerchantCheck
from sokoni.config import Settings
from sokoni.merchants.models import ChannelAccount, Merchant, Staff
from sokoni.messaging.models import (
    Message,
    MessageState,
    Template,
)
from sokoni.messaging.pricing import Category, usage
from sokoni.testing.databases import Spares
from sokoni.testing.fake_graph import fails_later, refused
from sokoni.testing.meta_webhooks import MetaWebhooks, Signed
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones

SELLER, BUYER, OTHER = "+263771000001", "+263772000002", "+263774000004"
OWNER = "+263773000003"
NOW = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - the merchant's local time
ASKED = "buyer_wants_contact"


class Market:
    """The demo marketplace behind a fake Graph API."""

    def __init__(self, place: Server) -> None:
        assert isinstance(place.phones, WhatsAppPhones)
        self.place = place
        self.graph = place.phones.graph

    async def says(self, who: str, *lines: str) -> None:
        for line in lines:
            await self.place.write(who, Words(line))
            await self.place.settle()

    async def lists(self) -> None:
        """Have the seller offer ploughs."""
        await self.says(SELLER, "selling 2 ploughs at $60 in Gokwe", "yes", "Tapiwa Shumba")

    async def asks(self, buyer: str = BUYER) -> None:
        """Have somebody ask for the seller's number: the seller is told."""
        await self.says(buyer, "Looking for ploughs", "Tapiwa", "Ask the seller")

    async def hook(self, webhook: Signed) -> None:
        await self.place.phones._web.post(  # type: ignore[attr-defined]  # of the phones
            self.graph.reporting.url, body=webhook.body, headers=webhook.headers
        )
        await self.place.settle()

    def webhooks(self) -> MetaWebhooks:
        return self.graph.webhooks("555000111222333")

    def kinds(self, who: str) -> list[str]:
        """Return what was taken for somebody, templates by their names."""
        taken = [one.payload for one in self.graph.taken if one.to == who]
        return [one.get("template", {}).get("name") or one["type"] for one in taken]

    async def rows(self, state: MessageState) -> Sequence[Message]:
        async with AsyncSession(self.place.app.engine) as session:
            found = select(Message).where(Message.state == state, Message.outbound)
            return (await session.scalars(found.order_by(Message.id))).all()

    async def reason(self) -> str:
        async with AsyncSession(self.place.app.engine) as session:
            account = select(ChannelAccount).where(ChannelAccount.channel == "whatsapp_cloud")
            return (await session.scalars(account)).one().paused_reason


@pytest.fixture
async def market(spares: Spares) -> AsyncIterator[Market]:
    settings = Settings(database_url=spares.beside)
    async with server(
        settings, ChannelName.WHATSAPP_CLOUD, "gokwe-market", NOW, spares=spares
    ) as place:
        yield Market(place)


@pytest.mark.parametrize("after_the_fact", [True, False])
async def test_who_is_outside_the_window_gets_the_template(
    market: Market, *, after_the_fact: bool
) -> None:
    await market.lists()
    market.graph.script(fails_later(131047) if after_the_fact else refused(131047), to=SELLER)
    await market.asks()

    assert market.kinds(SELLER)[-1] == ASKED
    (failed,) = await market.rows(MessageState.FAILED)
    assert failed.error == "reply_window_closed 131047"
    # The template's buttons do what the buttons of the chat would have done.
    await market.says(SELLER, "Accept")
    told = [str(one.payload) for one in market.graph.taken if one.to == BUYER]
    assert SELLER in told[-1]


async def test_without_a_template_staff_see_that_it_failed(market: Market) -> None:
    async with AsyncSession(market.place.app.engine) as session, session.begin():
        for row in await session.scalars(select(Template).where(Template.name == ASKED)):
            await session.delete(row)
    await market.place.app.templates.refresh()
    await market.lists()
    market.graph.script(fails_later(131047), to=SELLER)

    await market.asks()

    assert ASKED not in market.kinds(SELLER)
    assert [row.error for row in await market.rows(MessageState.FAILED)] == [
        "reply_window_closed 131047"
    ]


@pytest.mark.parametrize("code", [130403, 131026])
async def test_who_cannot_be_reached_is_left_alone_until_they_write(
    market: Market, code: int
) -> None:
    await market.lists()
    market.graph.script(fails_later(code), to=SELLER)
    await market.asks()
    sent = len(market.kinds(SELLER))
    await market.asks(OTHER)
    assert len(market.kinds(SELLER)) == sent
    assert [row.error for row in await market.rows(MessageState.CANCELLED)] == [
        "recipient unreachable"
    ]

    await market.says(SELLER, "my listings")

    assert len(market.kinds(SELLER)) == sent + 1


@pytest.mark.parametrize("code", [190, 131042])
async def test_an_account_that_cannot_send_pauses_and_goes_on_when_it_is_mended(
    market: Market, code: int
) -> None:
    market.graph.always(fails_later(code))
    await market.says(SELLER, "menu")
    assert await market.reason() == f"reported channel_down {code}"
    await market.says(BUYER, "menu")
    await market.place.wait(timedelta(minutes=10))
    assert len(market.graph.taken) <= 14, "one a minute asks"
    assert {row.state for row in await market.rows(MessageState.FAILED)} == set()

    market.graph.always(None)
    await market.place.wait(timedelta(minutes=2))

    assert await market.reason() == ""
    assert not await market.rows(MessageState.WAITING)
    taken = {one.to: one.payload for one in market.graph.taken}
    assert taken.keys() == {SELLER, BUYER}


async def test_a_paused_template_is_not_used_and_staff_are_told(market: Market) -> None:
    app = market.place.app
    await market.says(OWNER, "hello")
    async with AsyncSession(app.engine) as session, session.begin():
        person = {
            "merchant_id": market.place.profile.id,
            "role": "owner",
            "phone_hash": app.vault.hash("phone", OWNER),
            "created_at": app.clock(),
        }
        staff = Staff(**person, name=b"", phone=b"")
        session.add(staff)
        await session.flush()
        staff.name = app.vault.seal_text("staff.name", staff.id, "Nyasha")
        staff.phone = app.vault.seal_text("staff.phone", staff.id, OWNER)
    await market.lists()
    await market.place.wait(timedelta(hours=25))
    webhooks = market.webhooks()
    for language in ("en", "sn", "nd"):
        await market.hook(webhooks.template_update(ASKED, language, "PAUSED", "low ratings"))

    await market.asks()

    assert ASKED not in market.kinds(SELLER)
    assert [row.error for row in await market.rows(MessageState.CANCELLED)] == [
        "window shut, no template"
    ]
    told = [one for one in market.kinds(OWNER) if one == "template_stopped"]
    assert len(told) == 3

    await market.hook(webhooks.template_update(ASKED, "en", "APPROVED"))
    await market.asks(OTHER)

    assert market.kinds(SELLER)[-1] == ASKED


@pytest.mark.parametrize("code", [132001, 132015])
async def test_a_template_that_is_refused_gives_way_to_another_language(
    market: Market, code: int
) -> None:
    await market.lists()
    await market.place.wait(timedelta(hours=25))
    market.graph.script(refused(code), to=SELLER)
    await market.asks()

    await market.place.wait(timedelta(seconds=20))

    (taken,) = [one for one in market.graph.taken if one.payload["type"] == "template"]
    assert taken.payload["template"]["language"]["code"] == "sn"


async def test_an_account_that_meta_disables_sends_nothing_until_it_is_reinstated(
    market: Market,
) -> None:
    await market.says(SELLER, "menu")
    before = len(market.kinds(SELLER))

    await market.hook(disabled(market, "DISABLE"))
    await market.says(SELLER, "menu")

    assert await market.reason() == "reported account_disabled"
    assert len(market.kinds(SELLER)) <= before + 1, "one a minute asks"
    health = (await market.place.web.get("/health")).body.decode()
    assert "channels: 1 of 2 cannot send" in health

    await market.hook(disabled(market, "REINSTATE"))
    await market.place.wait(timedelta(minutes=2))

    assert await market.reason() == ""
    assert not await market.rows(MessageState.WAITING)
    assert len(market.kinds(SELLER)) > before
    assert "channels: ok" in (await market.place.web.get("/health")).body.decode()


async def test_a_number_that_is_flagged_answers_and_the_doctor_says_so(market: Market) -> None:
    app = market.place.app
    await market.says(SELLER, "menu")
    before = len(market.kinds(SELLER))
    flagged = {"display_phone_number": "263", "event": "FLAGGED", "current_limit": "TIER_1K"}

    await market.hook(market.webhooks().news("phone_number_quality_update", flagged))
    await market.says(SELLER, "menu")

    assert await market.reason() == ""
    assert len(market.kinds(SELLER)) == before + 1
    async with AsyncSession(app.engine) as session:
        merchant = await session.get_one(Merchant, market.place.profile.id)
        check = await MerchantCheck.of(session, merchant, app.vault, production=False)
        said = [finding.text for finding in check.findings()]
    assert [
        one.partition(": ")[2] for one in said if "quality RED" in one or "at most" in one
    ] == [
        "quality RED.",
        "writes first to 1000 contacts in 24 hours at most.",
    ]


async def test_what_meta_priced_is_told_by_number(market: Market) -> None:
    app = market.place.app
    async with AsyncSession(app.engine) as session, session.begin():
        merchant = await session.get_one(Merchant, market.place.profile.id)
        merchant.settings = {**merchant.settings, "free_messages": 2}
    for _ in range(2):
        await market.says(SELLER, "menu")
    await market.place.wait(timedelta(minutes=2))

    async with app.engine.connect() as connection:
        (month,) = await usage(connection, app.clock(), market.place.profile.id)

    taken = len(market.kinds(SELLER))
    assert taken >= 2
    assert month.categories == {"service": Category(billable=taken)}
    assert (month.key, month.metered, month.told) == ("555000111222333", taken, 100)


async def test_a_category_that_meta_changes_is_told_by_the_doctor(market: Market) -> None:
    app, webhooks = market.place.app, market.webhooks()
    await market.says(SELLER, "menu")
    told = {"message_template_name": ASKED, "message_template_language": "en"}
    await market.hook(
        webhooks.news("template_category_update", {**told, "new_category": "MARKETING"})
    )
    await market.hook(
        webhooks.news("message_template_quality_update", {**told, "new_quality_score": "RED"})
    )

    async with AsyncSession(app.engine) as session:
        named = select(Template).where(Template.name == ASKED, Template.language == "en")
        row = await session.scalar(named.where(Template.channel == "whatsapp_cloud"))
        merchant = await session.get_one(Merchant, market.place.profile.id)
        check = await MerchantCheck.of(session, merchant, app.vault, production=False)
        said = [finding.text for finding in check.findings()]

    assert row is not None
    assert (row.category, row.quality, row.approval) == ("MARKETING", "RED", "APPROVED")
    assert any(f"template {ASKED} (en) is not liked: its quality is RED" in one for one in said)


def disabled(market: Market, state: str) -> Signed:
    ban = {"waba_ban_state": state, "waba_ban_date": "March 2, 2026"}
    return market.webhooks().news("account_update", {"event": "DISABLED_UPDATE", "ban_info": ban})
