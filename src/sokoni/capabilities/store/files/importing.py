"""Products out of a file that staff have, of this shop or of another program."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.store.files.cells import CellError, list_in
from sokoni.capabilities.store.files.columns import COLUMNS
from sokoni.capabilities.store.files.reading import ProductRows, Told, sells, variant_named
from sokoni.capabilities.store.models.catalogue import ProductId
from sokoni.capabilities.store.service.catalogue import Catalogue, Only, Status
from sokoni.capabilities.store.service.categories import Categories, path_of
from sokoni.capabilities.store.service.merging import fitting
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.told import ProductTold, Refusal, Saved, Trouble
from sokoni.dialogue.importing import (
    Importer,
    Importing,
    ImportRow,
    ImportThing,
    Made,
    Partly,
    Refused,
    Withdrawn,
)
from sokoni.kit.spreadsheets import unguarded
from sokoni.kit.text import one_line
from sokoni.merchants.profile import MerchantProfile

_AT_ONCE: Final = 200
_PATH: Final = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)+")
_KINDS: Final = frozenset({"simple", "variable", "variation", "virtual", "downloadable"})
_ONLY: Final = "it"
"""What a variant is called that nothing tells from others."""
_WORDS: Final[Mapping[Trouble, str]] = {
    Trouble.NAME_MISSING: "it has no name, and no product of this number is there",
    Trouble.PRICE_MISSING: "it has no price",
    Trouble.VARIANT_MISSING: "it tells of nothing to sell",
    Trouble.SKU_TAKEN: "the SKU {about} is another product's",
    Trouble.OPTIONS_MISSING: "nothing tells it from the product's other variants",
    Trouble.OPTIONS_TAKEN: "another variant of the product has the same options",
    Trouble.STOCK_PROMISED: "more pieces of {about} are promised to orders",
    Trouble.CATEGORY_UNKNOWN: "{about} is no category",
    Trouble.CHANGED_MEANWHILE: "it was changed meanwhile",
    Trouble.TOO_LONG: "a number of more than 64 letters, or a brand of more than 80",
}


class ProductImporter(Importer):
    """Makes products of rows, and changes those that are there."""

    columns: ClassVar[Mapping[str, Sequence[str]]] = COLUMNS
    required: ClassVar[Sequence[str]] = ("handle", "sku", "name")
    gathers: ClassVar[bool] = True
    withdraws: ClassVar[bool] = True

    @override
    def key_of(self, cells: Mapping[str, str], merchant: MerchantProfile) -> str:
        """Return the product's number: that of its family, its own, or its name made one."""
        said = (cells.get(one, "") for one in ("parent", "handle", "sku"))
        found = next((one for one in said if one), "")
        if not found and cells.get("id") and cells.get("name"):
            found = f"id:{cells['id']}"
        return fitting(unguarded(found) or path_of(cells.get("name", "")))

    @override
    def part_of(self, cells: Mapping[str, str]) -> str:
        """Return which variant a row is of: each stands once in a file, or the last would win."""
        return variant_named(cells) or _ONLY if sells(cells) else ""

    @override
    async def take(
        self, importing: Importing, things: Sequence[ImportThing]
    ) -> Sequence[Made | Partly | Refused]:
        return await _Desk(importing).take(things)

    @override
    async def withdraw(
        self, importing: Importing, named: Collection[str], after: UUID | None
    ) -> Withdrawn:
        """Archive products on sale of which neither their number nor a variant's is named."""
        return await _Desk(importing).withdraw(named, after)


class _Desk:
    """Where the things of one transaction are taken."""

    def __init__(self, importing: Importing) -> None:
        scope = (importing.session, importing.merchant.id, importing.now)
        self._merchant = importing.merchant
        self._catalogue = Catalogue(*scope)
        self._categories = Categories(*scope)
        self._products = Products(*scope)

    async def take(self, things: Sequence[ImportThing]) -> Sequence[Made | Partly | Refused]:
        whose = await self._whose(things)
        rows: dict[str, list[ImportRow]] = {}
        for thing in things:
            rows.setdefault(whose.get(thing.key, thing.key), []).extend(thing.rows)
        told = {key: self._told(key, its) for key, its in rows.items()}
        good = await self._placed(
            {key: (rows[key], one) for key, one in told.items() if isinstance(one, Told)}
        )
        saved = await self._products.save([one.product for one in good.values()])
        outcomes: dict[str, Made | Partly | Refused] = {
            key: one for key, one in told.items() if isinstance(one, Refused)
        }
        for (key, one), its in zip(good.items(), saved, strict=True):
            outcomes[key] = _outcome(one, its, rows[key][0].line)
        return [outcomes[whose.get(thing.key, thing.key)] for thing in things]

    async def withdraw(self, named: Collection[str], after: UUID | None) -> Withdrawn:
        last = None if after is None else ProductId(after)
        only = Only(status=Status.ACTIVE)
        there = await self._catalogue.page(after=last, limit=_AT_ONCE, only=only)
        variants = await self._catalogue.variants_of([one.id for one in there])
        gone = [
            one.sku
            for one in there
            if not {one.sku, *(each.sku for each in variants.get(one.id, ()))}.intersection(named)
        ]
        await self._products.save([ProductTold(sku=one, status=Status.ARCHIVED) for one in gone])
        return Withdrawn(gone, there[-1].id if len(there) == _AT_ONCE else None)

    async def _whose(self, things: Sequence[ImportThing]) -> Mapping[str, str]:
        """Return the number of the product by that of a variant: a list of prices names those."""
        variants = await self._catalogue.variants_by_skus([thing.key for thing in things])
        products = await self._catalogue.by_ids({one.product_id for one in variants.values()})
        return {sku: products[one.product_id].sku for sku, one in variants.items()}

    def _told(self, key: str, rows: Sequence[ImportRow]) -> Told | Refused:
        merchant = self._merchant
        try:
            return ProductRows(key, rows, merchant.currency, merchant.language).told()
        except CellError as error:
            return Refused(str(error))

    # --- categories ---------------------------------------------------------------------------

    async def _placed(
        self, told: Mapping[str, tuple[Sequence[ImportRow], Told]]
    ) -> Mapping[str, Told]:
        """Return what is told with the paths of its categories; missing ones are made."""
        there = await self._categories.all()
        called = {name.casefold(): one.path for one in there for name in one.names.values()}
        known = {one.path: one.path for one in there}
        new: dict[str, Mapping[str, str]] = {}
        placed = {}
        for key, (rows, one) in told.items():
            paths = [
                self._path(part, called | known, new)
                for part in dict.fromkeys(p for row in rows for p in _categories(row.cells))
            ]
            product = replace(one.product, categories=list(dict.fromkeys(paths)) or None)
            placed[key] = replace(one, product=product)
        if new:
            await self._categories.ensure(new)
        return placed

    def _path(self, said: str, known: Mapping[str, str], new: dict[str, Mapping[str, str]]) -> str:
        """Return the path of a category by its path, its name, or the names down to it."""
        if found := known.get(said) or known.get(said.casefold()):
            return found
        if _PATH.fullmatch(said):
            new.setdefault(said, {})
            return said
        path = ""
        for name in said.split(">"):
            part = path_of(name)
            path = f"{path}/{part}" if path and part else path or part
            if path not in known:
                new.setdefault(path, {self._merchant.language: one_line(name)})
        return path


def _categories(cells: Mapping[str, str]) -> list[str]:
    """Return the categories that a row names; its type is one where nothing else is."""
    if cells.get("parent"):
        return []
    if cells.get("categories"):
        return list_in(unguarded(cells["categories"]))
    kind = cells.get("type", "")
    if kind and not _KINDS & {one.casefold() for one in list_in(kind)}:
        return [unguarded(kind)]
    return [cells["product_category"]] if cells.get("product_category") else []


def _outcome(told: Told, saved: Saved, line: int) -> Made | Partly | Refused:
    refused = [*told.refused, *(_refused(told, one, line) for one in saved.refusals)]
    if saved.made is None:
        # What is wrong with its rows says more than that nothing is left of it.
        return Refused(refused[0][1])
    return Partly(saved.made, refused) if refused else saved.made


def _refused(told: Told, refusal: Refusal, line: int) -> tuple[int, str]:
    return (line if refusal.variant is None else told.lines[refusal.variant], reason_of(refusal))


def reason_of(refusal: Refusal) -> str:
    """Return why something cannot be, for staff."""
    return _WORDS[refusal.trouble].format(about=refusal.about)
