"""Broadcasts by the API: drafted, proved, sent, watched."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.broadcast.api.shown import (
    BroadcastListed,
    BroadcastShown,
    FactShown,
    MessageSaid,
    MessageShown,
    ProofShown,
    RecipientShown,
    SendSaid,
    TestSaid,
    TestShown,
)
from sokoni.capabilities.broadcast.desk import BroadcastDesk
from sokoni.capabilities.broadcast.lines import lines_of
from sokoni.capabilities.broadcast.models import Broadcast, BroadcastId
from sokoni.capabilities.broadcast.numbers import Numbers
from sokoni.capabilities.broadcast.results import COLUMNS, Results, progress
from sokoni.capabilities.broadcast.rule import PASSING, SENT
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.capabilities.broadcast.seeds import said_to_all
from sokoni.capabilities.broadcast.service import Broadcasts, settings_of
from sokoni.dialogue.manifest import facts_of, tasks_of
from sokoni.kit.ids import ContactId
from sokoni.kit.spreadsheets import UTF8_MARK, csv_line
from sokoni.merchants.profile import MerchantProfile
from sokoni.web.contacts import find_contact_named
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts, reading_session
from sokoni.web.principal import Crier, Principal

router: Final = APIRouter()
Reference: TypeAlias = Annotated[
    str, Path(max_length=24, examples=["BRC-7K3M2Q5"], description="Of the broadcast.")
]
_CSV: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "description": "A line for each recipient.",
    }
}


async def _desk(principal: Crier, parts: Parts) -> BroadcastDesk:
    merchant = principal.merchant
    return BroadcastDesk(
        engine=parts.engine,
        vault=parts.vault,
        clock=parts.clock,
        inbox=parts.inbox,
        merchant=merchant,
        facts=facts_of(parts.installed, merchant),
        lines=lines_of(parts.accounts.known(), merchant.id),
        tasks=tasks_of(parts.installed, merchant),
        by=principal.name,
    )


Desk = Annotated[BroadcastDesk, Depends(_desk)]


@router.get("/broadcasts/facts")
async def facts(desk: Desk) -> list[FactShown]:
    """Return what an audience of this merchant's may ask for."""
    return [FactShown.of(name, fact) for name, fact in sorted(desk.facts.items())]


@router.get("/broadcasts")
async def broadcasts(
    principal: Crier, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[BroadcastListed]:
    """Return broadcasts in the order in which they were drafted."""
    after = None if wanted.after is None else BroadcastId(wanted.after)
    service = Broadcasts(session, principal.merchant, parts.clock())
    found = await service.page(after=after, limit=wanted.one_more)
    return page_of(found, wanted, BroadcastListed.of, lambda one: one.id)


@router.post("/broadcasts", status_code=HTTPStatus.CREATED)
async def draft(said: BroadcastSaid, desk: Desk, parts: Parts) -> BroadcastShown:
    """Draft a broadcast. 422 `fact_refused`, `broadcast_refused`: there is no such fact, task."""
    return await _shown(parts, desk.merchant, await desk.draft(said))


@router.get("/broadcasts/{reference}")
async def one_broadcast(
    reference: Reference, principal: Crier, parts: Parts, session: Reading
) -> BroadcastShown:
    """Return a broadcast, and how far it is at the moment."""
    row = await Broadcasts(session, principal.merchant, parts.clock()).get(reference)
    return await _now(parts, session, principal.merchant, row)


@router.put("/broadcasts/{reference}")
async def revise(
    reference: Reference, said: BroadcastSaid, desk: Desk, parts: Parts
) -> BroadcastShown:
    """Change a draft; its proof is none any more. 409 `broadcast_moved`: it was sent."""
    return await _shown(parts, desk.merchant, await desk.revise(reference, said))


@router.post("/broadcasts/{reference}/proof")
async def prove(reference: Reference, desk: Desk) -> ProofShown:
    """Find out what would become of each recipient. Nothing is sent."""
    return ProofShown.of(await desk.prove(reference))


@router.post("/broadcasts/{reference}/send")
async def send(reference: Reference, said: SendSaid, desk: Desk, parts: Parts) -> BroadcastShown:
    """Send it at its time. 409 `proof_missing`, `proof_outdated`: it wants another proof."""
    return await _shown(parts, desk.merchant, await desk.send(reference, said.proof))


@router.post("/broadcasts/{reference}/pause")
async def pause(reference: Reference, desk: Desk, parts: Parts) -> BroadcastShown:
    """Write to nobody until it is resumed; what is on its way goes."""
    return await _shown(parts, desk.merchant, await desk.pause(reference))


@router.post("/broadcasts/{reference}/resume")
async def resume(reference: Reference, desk: Desk, parts: Parts) -> BroadcastShown:
    """Go on where it was paused. 409 `broadcast_trouble_lasts`: it would be paused again."""
    return await _shown(parts, desk.merchant, await desk.resume(reference))


@router.post("/broadcasts/{reference}/stop")
async def stop(reference: Reference, desk: Desk, parts: Parts) -> BroadcastShown:
    """Write to nobody more, for good."""
    return await _shown(parts, desk.merchant, await desk.stop(reference))


@router.post("/broadcasts/{reference}/test")
async def test(
    reference: Reference, said: TestSaid, desk: Desk, principal: Crier, parts: Parts
) -> TestShown:
    """Say it now to contacts who are named, to see how it looks; who said stop hears nothing."""
    async with reading_session(parts) as session:
        found = [
            await find_contact_named(session, parts.vault, principal.merchant, one)
            for one in said.contacts
        ]
    count = await desk.try_out(reference, found)
    parts.wake()
    return TestShown(contacts=count)


@router.get("/broadcasts/{reference}/recipients")
async def recipients(
    reference: Reference, principal: Crier, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[RecipientShown]:
    """Return recipients of the last proof: what would become of them, or what did."""
    service = Broadcasts(session, principal.merchant, parts.clock())
    row = await service.get(reference)
    after = None if wanted.after is None else ContactId(wanted.after)
    found = await service.recipients(row, after=after, limit=wanted.one_more)
    return page_of(found, wanted, RecipientShown.of, lambda one: one.contact_id)


@router.get("/broadcasts/{reference}/results", response_class=StreamingResponse, responses=_CSV)
async def results(
    reference: Reference, principal: Crier, parts: Parts, session: Reading
) -> StreamingResponse:
    """Return a line for each recipient, as CSV: who they are, and what became of it."""
    row = await Broadcasts(session, principal.merchant, parts.clock()).get(reference)
    name = f"attachment; filename={row.reference}.csv"
    return StreamingResponse(
        _lines(parts, principal, row),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": name},
    )


@router.post("/send-broadcast", status_code=HTTPStatus.ACCEPTED)
async def send_broadcast(said: MessageSaid, desk: Desk) -> MessageShown:
    """Draft, prove and send in one: to everybody, or to who is at one step.

    Who wrote within the service window gets the words as they are, all others the merchant's
    template for `broadcast.message`, which has them as its variable `text`. Who said stop gets
    nothing. 422 `fact_refused`: the merchant has no registration of which there are steps.
    """
    row = await desk.draft(said_to_all(said.message, said.target_step, desk.facts, desk.merchant))
    proof = await desk.prove(row.reference)
    reached = sum(proof.counts.get(reason, 0) for reason in (*SENT, *PASSING))
    if reached:
        await desk.send(row.reference, proof.hash)
    status = "accepted" if reached else "nobody"
    return MessageShown(status=status, reference=row.reference, counts=proof.counts)


async def _shown(parts: WebParts, merchant: MerchantProfile, row: Broadcast) -> BroadcastShown:
    async with reading_session(parts) as session:
        return await _now(parts, session, merchant, row)


async def _now(
    parts: WebParts, session: AsyncSession, merchant: MerchantProfile, row: Broadcast
) -> BroadcastShown:
    numbers = await Numbers.of(session, merchant.id, settings_of(merchant), parts.clock())
    words = await numbers.words(session, merchant.id)
    return BroadcastShown.of(row, await progress(session, row), words)


async def _lines(parts: WebParts, principal: Principal, row: Broadcast) -> AsyncIterator[str]:
    """Yield the file piece by piece, on a connection of its own: the request's is over by then."""
    yield UTF8_MARK + csv_line(COLUMNS)
    async with reading_session(parts) as session:
        found = Results(session, parts.vault, principal.merchant, parts.clock())
        async for one in found.rows(row):
            yield csv_line([one[column] for column in COLUMNS])
