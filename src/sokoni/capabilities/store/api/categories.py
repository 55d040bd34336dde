"""Categories, for programs: a tree by paths."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.api.product_said import CategoryChange, CategorySaid
from sokoni.capabilities.store.api.product_shown import CategoryShown
from sokoni.capabilities.store.models.catalogue import Category, CategoryId
from sokoni.capabilities.store.service.categories import (
    Categories,
    CategoryKnownError,
)
from sokoni.kit.ids import MerchantId
from sokoni.web.behalf import Change, Changing
from sokoni.web.once import OnlyOnce
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.principal import Reader

router = APIRouter(prefix="/categories")
Named = Annotated[UUID, Path(description="Its id")]


@router.get("")
async def categories(principal: Reader, parts: Parts, session: Reading) -> list[CategoryShown]:
    """Return the whole tree, each category behind the one that it stands in."""
    service = Categories(session, principal.merchant_id, parts.clock())
    return [CategoryShown.of(one) for one in await service.all()]


@router.get("/{category}")
async def category(
    category: Named, principal: Reader, parts: Parts, session: Reading
) -> CategoryShown:
    """Return one category."""
    return CategoryShown.of(await _get(session, principal.merchant_id, parts, category))


@router.post("", status_code=HTTPStatus.CREATED)
async def add(said: CategorySaid, change: Changing, once: OnlyOnce) -> CategoryShown:
    """Add a category, and those above it that are missing."""

    async def act() -> CategoryShown:
        service = _service(change)
        if await service.find(said.path) is not None:
            raise CategoryKnownError(said.path)
        there = await service.ensure({said.path: said.names})
        return CategoryShown.of(await service.get(there[said.path]))

    return await once.do(change, CategoryShown, act)


@router.patch("/{category}")
async def revise(category: Named, said: CategoryChange, change: Changing) -> CategoryShown:
    """Call a category otherwise, or move it among those beside it."""
    found = await _get(change.session, change.principal.merchant_id, change.parts, category)
    if said.names is not None:
        await _service(change).rename(found, said.names)
    if said.position is not None:
        await _service(change).place(found, said.position)
    return CategoryShown.of(found)


@router.delete("/{category}", status_code=HTTPStatus.NO_CONTENT)
async def remove(category: Named, change: Changing) -> None:
    """Take away a category that has none below it; its products stay."""
    found = await _get(change.session, change.principal.merchant_id, change.parts, category)
    await _service(change).remove(found)


async def _get(
    session: AsyncSession, merchant_id: MerchantId, parts: WebParts, said: UUID
) -> Category:
    return await Categories(session, merchant_id, parts.clock()).get(CategoryId(said))


def _service(change: Change) -> Categories:
    return Categories(change.session, change.principal.merchant_id, change.now)
