"""The shelves of a shop: a tree, whose paths say what stands below what."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    Category,
    CategoryId,
    Product,
    ProductCategory,
    ProductId,
)
from sokoni.capabilities.store.service.indexing import Shelving
from sokoni.db.session import insert_once
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, new_id
from sokoni.kit.text import clean

LONGEST_PATH: Final = 160
_NOT_IN_PATHS: Final = re.compile(r"[\W_]+")
_TABLE: Final = cast("Table", Category.__table__)
_C: Final = _TABLE.c


class CategoryUnknownError(AppError):
    """The merchant has no such category."""

    code = "category_unknown"
    http_status = 404


class CategoryKnownError(AppError):
    """A category with this path is there already."""

    code = "category_known"


class CategoryUsedError(AppError):
    """Categories stand below it: it cannot go before them."""

    code = "category_used"


def path_of(name: str) -> str:
    """Return the part of a path that a name becomes: "Rice & Pasta" is `rice-pasta`."""
    return _NOT_IN_PATHS.sub("-", clean(name).casefold()).strip("-")


def above(path: str) -> str:
    """Return the path of the category that one stands in, "" for one that stands in none."""
    return path.rpartition("/")[0]


class Categories:
    """One merchant's categories."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def all(self) -> Sequence[Category]:
        """Return the whole tree, each category behind the one that it stands in."""
        rows = (await self._session.scalars(self._categories())).all()
        return sorted(rows, key=lambda one: one.path.split("/"))

    async def get(self, category_id: CategoryId) -> Category:
        """Return a category, or raise `CategoryUnknownError`."""
        found = await self.find_id(category_id)
        if found is None:
            raise CategoryUnknownError(str(category_id))
        return found

    async def find_id(self, category_id: CategoryId) -> Category | None:
        return await self._session.scalar(self._categories().where(Category.id == category_id))

    async def find(self, path: str) -> Category | None:
        return await self._session.scalar(self._categories().where(Category.path == path))

    async def children(self, parent: CategoryId | None) -> Sequence[Category]:
        """Return what stands in a category, or in none, in the order that the merchant gave."""
        within = self._categories().where(Category.parent_id == parent)
        return (await self._session.scalars(within.order_by(Category.position, _C.path))).all()

    async def parents(self, ids: Collection[CategoryId]) -> Collection[CategoryId]:
        """Return those in which others stand."""
        above = self._categories().where(Category.parent_id.in_(list(ids)))
        rows = await self._session.scalars(above.with_only_columns(_C.parent_id).distinct())
        return set(rows)

    async def counts(self, parent: CategoryId | None) -> Mapping[CategoryId, int]:
        """Return how many products are on sale in each child of a category, and below it."""
        child, below = _TABLE.alias("child"), _TABLE.alias("below")
        held = ProductCategory
        counted = (
            select(child.c.id, func.count(held.product_id.distinct()))
            .join(below, (below.c.path == child.c.path) | _under(below.c.path, child.c.path))
            .join(held, held.category_id == below.c.id)
            .join(Product, Product.id == held.product_id)
            .where(
                child.c.merchant_id == self._merchant_id,
                below.c.merchant_id == self._merchant_id,
                child.c.parent_id == parent,
                Product.status == "active",
            )
            .group_by(child.c.id)
        )
        return {row[0]: row[1] for row in await self._session.execute(counted)}

    async def ensure(self, named: Mapping[str, Mapping[str, str]]) -> Mapping[str, CategoryId]:
        """Make the categories of these paths that are missing, those above them too.

        Names come by path; what is there keeps its own. Return ids by path.
        """
        there = {one.path: one.id for one in await self.all()}
        wanted = dict.fromkeys(up for path in named for up in _upwards(path))
        missing = {path: place for place, path in enumerate(wanted) if path not in there}
        for depth in sorted({path.count("/") for path in missing}):
            level = [path for path in missing if path.count("/") == depth]
            rows = [
                self._row(path, named.get(path), there.get(above(path)), missing[path])
                for path in level
            ]
            await insert_once(self._session, _TABLE, rows)
            # Another transaction may have made one first: then it has another id.
            there = {one.path: one.id for one in await self.all()}
        return there

    async def rename(self, category: Category, names: Mapping[str, str]) -> None:
        """Call it so; its path stays, since files and programs know it by that."""
        category.names = dict(names)
        await self._session.flush()
        await self._put_again([category.id])

    async def place(self, category: Category, position: int) -> None:
        category.position = position
        await self._session.flush()

    async def remove(self, category: Category) -> None:
        """Take a category away; its products stay, in their others."""
        if await self.children(category.id):
            raise CategoryUsedError(category.path)
        holding = await self._within([category.id])
        links = delete(ProductCategory).where(ProductCategory.category_id == category.id)
        await self._session.execute(links)
        await self._session.delete(category)
        await self._session.flush()
        await self._shelving().put(holding)

    async def _put_again(self, ids: Collection[CategoryId]) -> None:
        await self._shelving().put(await self._within(ids))

    async def _within(self, ids: Collection[CategoryId]) -> Sequence[ProductId]:
        """Return the products in these categories and below them."""
        paths = select(Category.path).where(Category.id.in_(list(ids)))
        within = [
            one.id
            for path in await self._session.scalars(paths)
            for one in await self.all()
            if one.path == path or one.path.startswith(f"{path}/")
        ]
        held = select(ProductCategory.product_id).where(
            ProductCategory.merchant_id == self._merchant_id,
            ProductCategory.category_id.in_(within),
        )
        return (await self._session.scalars(held.distinct())).all()

    def _shelving(self) -> Shelving:
        return Shelving(self._session, self._merchant_id, self._now)

    def _row(
        self,
        path: str,
        names: Mapping[str, str] | None,
        parent_id: CategoryId | None,
        position: int,
    ) -> dict[str, object]:
        named = dict(names or {"en": path.rpartition("/")[2].replace("-", " ").capitalize()})
        return {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "parent_id": parent_id,
            "path": path,
            "names": named,
            "position": position,
        }

    def _categories(self) -> Select[Category]:
        """Scope of every query for categories."""
        return select(Category).where(Category.merchant_id == self._merchant_id)


def _under(path: ColumnElement[str], above: ColumnElement[str]) -> ColumnElement[bool]:
    """Select paths below another: they hold neither `%` nor `_`."""
    return path.like(above + "/%")


def _upwards(path: str) -> list[str]:
    """Return a path and those above it."""
    parts = path.split("/")
    return ["/".join(parts[:size]) for size in range(1, len(parts) + 1)]
