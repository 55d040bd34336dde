"""Makes what is told of a product out of the rows of a file that tell of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sokoni.capabilities.store.files.cells import (
    CellError,
    grams_in,
    is_yes,
    list_in,
    pairs_in,
    pieces_in,
    price_in,
)
from sokoni.capabilities.store.files.columns import ATTRIBUTES, LANGUAGES, OPTIONS
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.capabilities.store.service.told import UNSAID, ProductTold, Unsaid, VariantTold
from sokoni.dialogue.importing import ImportRow
from sokoni.kit.markup import plain_text
from sokoni.kit.money import Money
from sokoni.kit.spreadsheets import unguarded
from sokoni.kit.text import one_line

LONGEST_NAME: Final = 200
_STATUSES: Final[Mapping[Status, frozenset[str]]] = {
    Status.ACTIVE: frozenset({"active", "published", "publish", "enabled", "visible", "1"}),
    Status.DRAFT: frozenset({"draft", "unlisted", "inactive", "hidden", "private", "pending"}),
    Status.ARCHIVED: frozenset({"archived", "discontinued", "deleted", "trash"}),
}
_KINDS: Final = frozenset({"simple", "variable", "variation", "grouped", "external"})
"""What WooCommerce calls types; other shops call their categories so."""
_ADDRESSES: Final = re.compile(r"[,;]*\s+|[,;]+(?=https?://)|[,;]+$")
_ADDRESS: Final = re.compile(r"https?://[^\s\"<>]{4,1990}")
_NO_OPTION: Final = {"title", "default title", ""}
_OPTIONS: Final = (
    "options",
    *(f"option{number}_value" for number in range(1, OPTIONS + 1)),
    *(f"attribute_{number}_value_s" for number in range(1, ATTRIBUTES + 1)),
)
_SELLS: Final = ("price", "regular_price", "sku", "stock", "options", "option1_value")


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows tell, and which cannot be taken."""

    product: ProductTold
    lines: Sequence[int]
    """Where each of its variants stands."""
    refused: Sequence[tuple[int, str]] = field(default_factory=tuple)


class ProductRows:
    """The rows of one product, in a shop that sells in one currency and speaks one language."""

    def __init__(self, key: str, rows: Sequence[ImportRow], currency: str, language: str) -> None:
        self._key = key
        self._rows = [ImportRow(row.line, _freed(row.cells)) for row in rows]
        self._currency = currency
        self._language = language
        self._names = self._option_names()

    def told(self) -> Told:
        """Return what the rows tell; raise `CellError` where it is of no product at all."""
        own = self._own()
        kinds = _kinds(own)
        if kinds & {"grouped", "external"}:
            raise CellError("it is sold elsewhere, or only together with others")
        variants: list[VariantTold] = []
        lines: list[int] = []
        refused: list[tuple[int, str]] = []
        for row in self._rows:
            if not sells(row.cells, first=row is self._rows[0]):
                continue
            try:
                variants.append(self._variant(row.cells))
                lines.append(row.line)
            except CellError as error:
                refused.append((row.line, str(error)))
        return Told(self._product(own, variants, several="variable" in kinds), lines, refused)

    def _own(self) -> Mapping[str, str]:
        """Return what is told of the product itself: of each column the first cell."""
        own: dict[str, str] = {}
        for row in self._rows:
            if not row.cells.get("parent"):
                own = {**row.cells, **own}
        return own

    def _product(
        self, own: Mapping[str, str], variants: Sequence[VariantTold], *, several: bool
    ) -> ProductTold:
        of_shop = _attributes(own)
        choices = {name: list_in(cell) for name, cell in of_shop.items()} if several else {}
        return ProductTold(
            sku=self._key,
            names=self._said(own, "name"),
            descriptions=self._said(own, "description"),
            attributes=pairs_in(own.get("attributes", "")) | ({} if several else of_shop),
            brand=one_line(own["brand"]) if own.get("brand") else None,
            tags=list_in(own["tags"]) if own.get("tags") else None,
            options=_choices(own) or choices or None,
            status=_status(own),
            sold=pieces_in(own["sold"]) if own.get("sold") else None,
            pictures=[one for row in self._rows for one in _pictures(row.cells)],
            variants=variants,
        )

    def _said(self, own: Mapping[str, str], what: str) -> dict[str, str]:
        """Return names or descriptions by language."""
        said = {one: own[f"{what}_{one}"] for one in LANGUAGES if own.get(f"{what}_{one}")}
        if own.get(what):
            # Written by a web shop's editor, where those by language come from us.
            said.setdefault(self._language, plain_text(own[what].replace("\\n", "\n")))
        if what == "name":
            said = {language: one_line(one) for language, one in said.items()}
            if any(len(one) > LONGEST_NAME for one in said.values()):
                raise CellError(f"the name is longer than {LONGEST_NAME} letters")
        return said

    # --- variants -----------------------------------------------------------------------------

    def _variant(self, cells: Mapping[str, str]) -> VariantTold:
        if cells.get("currency", self._currency).upper() != self._currency:
            raise CellError(
                f"it is in {cells['currency']}, and the shop sells in {self._currency}"
            )
        price, before = self._prices(cells)
        return VariantTold(
            sku=cells.get("sku", ""),
            options=self._options(cells),
            price=price,
            compare_at=before,
            weight_grams=_weight(cells),
            on_hand=_stock(cells),
            withdrawn=is_yes(cells["withdrawn"]) if cells.get("withdrawn") else None,
        )

    def _prices(self, cells: Mapping[str, str]) -> tuple[Money | None, Money | Unsaid | None]:
        """Return what it costs, and what it cost before; "-" says that it did not."""
        price = cells.get("price") or cells.get("sale_price") or cells.get("regular_price")
        before = cells.get("compare_at") or (
            cells.get("regular_price") if cells.get("sale_price") else ""
        )
        cost = price_in(price, self._currency) if price else None
        if before == "-":
            return cost, None
        return cost, price_in(before, self._currency) if before else UNSAID

    def _options(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        options = pairs_in(cells.get("options", ""))
        for number, name in self._names.items():
            value = one_line(cells.get(f"option{number}_value", ""))
            if value and value.casefold() not in _NO_OPTION:
                options[name] = value
        return options | (_attributes(cells) if cells.get("parent") else {})

    def _option_names(self) -> Mapping[int, str]:
        """Return what Shopify's options are called, which only the first row says."""
        names: dict[int, str] = {}
        for row in self._rows:
            for number in range(1, OPTIONS + 1):
                name = one_line(row.cells.get(f"option{number}_name", ""))
                if name and name.casefold() not in _NO_OPTION:
                    names.setdefault(number, name.casefold())
        return names


def sells(cells: Mapping[str, str], *, first: bool = False) -> bool:
    """Tell a row of a variant from one that only brings a picture, or names a family."""
    if "variable" in _kinds(cells):
        return False
    return first or any(cells.get(one) for one in _SELLS)


def variant_named(cells: Mapping[str, str]) -> str:
    """Return what the variant of a row is called by: its SKU, else its options."""
    if cells.get("sku"):
        return one_line(unguarded(cells["sku"]))
    return ", ".join(cells[one] for one in _OPTIONS if cells.get(one))


def _freed(cells: Mapping[str, str]) -> Mapping[str, str]:
    return {name: unguarded(cell) for name, cell in cells.items()}


def _kinds(cells: Mapping[str, str]) -> frozenset[str]:
    """Return what WooCommerce says that the row is: "simple, virtual"."""
    return frozenset(one.casefold() for one in list_in(cells.get("type", ""))) & _KINDS


def _attributes(cells: Mapping[str, str]) -> dict[str, str]:
    """Return WooCommerce's attributes."""
    named = {
        one_line(cells.get(f"attribute_{number}_name", "")).casefold(): cells.get(
            f"attribute_{number}_value_s", ""
        )
        for number in range(1, ATTRIBUTES + 1)
    }
    return {name: one_line(value) for name, value in named.items() if name and value}


def _choices(own: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: list_in(cell) for name, cell in pairs_in(own.get("choices", "")).items()}


def _status(own: Mapping[str, str]) -> Status | None:
    said = own.get("status", "").casefold()
    if said:
        found = next((status for status, words in _STATUSES.items() if said in words), None)
        if found is None:
            raise CellError(f"{own['status']} is no status; there are {', '.join(Status)}")
        return found
    if own.get("published"):
        return Status.ACTIVE if is_yes(own["published"]) else Status.DRAFT
    return None


def _stock(cells: Mapping[str, str]) -> int | Unsaid | None:
    """Return how many pieces there are; shops that do not count leave a zero behind."""
    policy = cells.get("inventory_policy", "").casefold()
    if policy == "continue" or (policy and not cells.get("inventory_tracker")):
        return None
    if cells.get("stock"):
        return pieces_in(cells["stock"])
    if cells.get("in_stock"):
        return None if is_yes(cells["in_stock"]) else pieces_in(cells["in_stock"])
    return UNSAID


def _weight(cells: Mapping[str, str]) -> int | None:
    for column, unit in (("weight_grams", "g"), ("weight_kg", "kg"), ("weight", "g")):
        if cells.get(column):
            return grams_in(cells[column], unit)
    return None


def _pictures(cells: Mapping[str, str]) -> Iterable[str]:
    parts = (part for part in _ADDRESSES.split(cells.get("pictures", "")) if part)
    return [part for part in parts if _ADDRESS.fullmatch(part)]
