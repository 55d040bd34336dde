"""A copy of what is kept goes to its contact alone; who is erased is gone; staff may decide."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.config import Settings
from sokoni.contacts.consent import MARKETING, history
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.edge import Side, edge
from sokoni.merchants.api_keys import ApiKeys
from sokoni.messaging.models import Message
from sokoni.reviews.models import Report, ReportKind
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from tests.media.playing import play

# Transcripts play it on the others.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ANA: Final = "+263771000401"
MORNING: Final = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- of the merchant's clock
APPROVED: Final = {"capabilities": {"rights": {"approve": ["data", "forget"]}}}


@asynccontextmanager
async def shop(
    spares: Spares, url: str, besides: Mapping[str, Any]
) -> AsyncIterator[tuple[Server, AsgiClient]]:
    settings = Settings(database_url=url)
    opening = server(
        settings, ChannelName.SIMULATOR, "corner-shop", MORNING, besides=besides, spares=spares
    )
    async with opening as opened:
        async with AsyncSession(opened.app.engine) as session, session.begin():
            keys = ApiKeys(session, opened.clock)
            key = await keys.issue(opened.profile.id, "desk", ["reviews", "conversations"])
        api = edge(opened.app, frozenset({Side.API}), CollectorRegistry())
        yield opened, AsgiClient(api, {"authorization": f"Bearer {key}"})


async def chat(opened: Server, *lines: str, who: str = ANA) -> None:
    await play(opened, "\n".join(("merchant: corner-shop", f"@{who}", *lines, "")))


async def last_to(opened: Server, who: str = ANA) -> Any:  # noqa: ANN401 -- what a phone shows
    return (await opened.sent_to(who))[-1]


async def documents(opened: Server, who: str) -> list[str]:
    url = f"/api/v1/simulator/corner-shop/{who}/messages"
    sent = (await opened.web.get(url)).json()["messages"]
    return [one["document"] for one in sent if one.get("document")]


async def test_a_copy_of_what_is_kept_goes_to_who_asked_and_to_nobody_else(
    spares: Spares, database_url: str
) -> None:
    async with shop(spares, database_url, {}) as (opened, _):
        await chat(opened, "> hello", who="+263771000402")
        await chat(opened, "> 2 coffees", "> send me my data", "<~ all that we keep of you")

        (link,) = await documents(opened, ANA)
        paper = await opened.web.get(link.removeprefix("http://localhost:8000"))

        assert await documents(opened, "+263771000402") == []
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.body.startswith(b"%PDF-")


async def test_who_is_erased_hears_goodbye_and_is_gone(spares: Spares, database_url: str) -> None:
    async with shop(spares, database_url, {}) as (opened, _):
        await chat(opened, "> 2 coffees", "> forget me", "<~ for good", "> yes", "<~ Goodbye")
        await opened.wait(timedelta(minutes=1))

        async with AsyncSession(opened.app.engine) as session:
            hashed = opened.app.vault.hash("phone", ANA)
            known = select(ContactAddress.id).where(ContactAddress.value_hash == hashed)
            assert (await session.scalars(known)).all() == []
            assert (await session.scalars(select(Message.id))).all() == []


@pytest.mark.parametrize("said", ["send me my data", "forget me"])
@pytest.mark.parametrize("verdict", ["approve", "reject"])
async def test_staff_decide_where_the_merchant_wants_it(
    spares: Spares, database_url: str, said: str, verdict: str
) -> None:
    async with shop(spares, database_url, APPROVED) as (opened, client):
        yes = ("> yes",) if said == "forget me" else ()
        await chat(opened, f"> {said}", *yes, "<~ staff decide")
        async with AsyncSession(opened.app.engine) as session:
            report = (await session.scalars(select(Report))).one()
            assert report.kind == ReportKind.REQUEST

        decided = await client.post(f"/api/v1/reports/{report.reference}/{verdict}")
        await opened.settle()

        assert decided.status == 200
        told = (await last_to(opened)).text if verdict == "reject" or yes else ""
        if verdict == "reject":
            assert "cannot" in told
            assert await documents(opened, ANA) == []
        elif yes:
            assert "being erased" in told
        else:
            assert len(await documents(opened, ANA)) == 1
        await opened.wait(timedelta(minutes=1))
        async with AsyncSession(opened.app.engine) as session:
            there = select(ContactAddress.id).where(
                ContactAddress.value_hash == opened.app.vault.hash("phone", ANA)
            )
            gone = (await session.scalar(there)) is None
        assert gone is (verdict == "approve" and bool(yes))


async def test_offers_are_offered_once_and_the_yes_is_kept_with_its_words(
    spares: Spares, database_url: str
) -> None:
    wanted = {"capabilities": {"rights": {"offer": True}}, "payments": [{"gateway": "cod"}]}
    cart = ("> do you have coffee?", "> 1", "> [Add to cart]")
    order = (*cart, "> checkout", "> 14 Second Street, Harare", "> yes")
    async with shop(spares, database_url, wanted) as (opened, _):
        await chat(
            opened, *order, "<~ STOP OFFERS", "&[Yes] [No]", "> [Yes]", "<~ hear of our offers"
        )
        await chat(opened, *order, "!~ STOP OFFERS")

        async with AsyncSession(opened.app.engine) as session:
            hashed = opened.app.vault.hash("phone", ANA)
            known = select(ContactAddress.contact_id).where(ContactAddress.value_hash == hashed)
            ana = (await session.scalars(known)).one()
            book = await history(session, opened.app.vault, opened.profile.id, ana)
            contact = await session.get_one(Contact, ana)
    assert [(one.purpose, one.given, one.source) for one in book] == [(MARKETING, True, "chat")]
    assert book[0].wording.startswith("May Corner Shop send you offers")
    assert contact.marketing_stopped_at is None
