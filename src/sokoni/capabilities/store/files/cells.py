"""What a cell of a file of products says: prices, pieces, weights, lists, names with values."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from sokoni.kit.money import CURRENCIES, Money, exponent

_SIGNS: Final[Mapping[str, frozenset[str]]] = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "SSP", "SDG"}),
    "₹": frozenset({"INR"}),
    "₦": frozenset({"NGN"}),
    "₵": frozenset({"GHS"}),
    "¥": frozenset({"JPY", "CNY"}),
    "R": frozenset({"ZAR"}),
    "KSH": frozenset({"KES"}),
    "TSH": frozenset({"TZS"}),
    "USH": frozenset({"UGX"}),
    "RS": frozenset({"INR", "PKR", "LKR", "NPR", "MUR"}),
    "US": frozenset({"USD"}),
    "U": frozenset({"USD"}),
    "ZIG": frozenset({"ZWG"}),
}
_MARKED: Final = re.compile(r"([^\d.,+\-]*)([+\-]?[\d.,]*\d[\d.,]*)([^\d]*)")
_NO_CENTS: Final = re.compile(r"/[-=]\s*$")
"""As in 200/- and 20/=."""
_SPACES: Final = re.compile(r"(?<=\d)[\s\u00a0\u202f'\u2019](?=\d{3}(?:\D|$))")
_GROUPED: Final = re.compile(r"[+\-]?\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
"""As in 1,234,567; in India 12,34,567."""
_WEIGHT: Final = re.compile(r"([\d.,]+)\s*([a-z]*)\.?", re.IGNORECASE)
_GRAMS: Final[Mapping[str, Decimal]] = {
    "": Decimal(1),
    "mg": Decimal("0.001"),
    "g": Decimal(1),
    "gr": Decimal(1),
    "gram": Decimal(1),
    "grams": Decimal(1),
    "kg": Decimal(1000),
    "kgs": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
}
_MOST: Final = 2**31 - 1
_MOST_DIGITS: Final = 12


class CellError(ValueError):
    """Says why a cell cannot be taken."""


def price_in(cell: str, currency: str) -> Money:
    """Return an amount as people write it: "$4.50", "4,50", "USD 1 234.50"."""
    said = _MARKED.fullmatch(_SPACES.sub("", cell.strip()))
    if said is None:
        raise CellError(f"{cell} is no price")
    for mark in (said[1], said[3]):
        _check_currency(mark, currency)
    amount = number_in(said[2], exponent(currency))
    if amount < 0:
        raise CellError(f"{cell} is less than nothing")
    price = Money(amount, currency)
    if price.amount != amount:
        # Nobody is to sell at a price that nobody wrote.
        raise CellError(f"{cell} has more decimals than {currency} has coins")
    return price


def _check_currency(mark: str, currency: str) -> None:
    """Refuse the sign or code of another currency; "$" is any dollar or peso, "/=" no cents."""
    said = _NO_CENTS.sub("", mark).strip(" .\u00a0$").upper()
    meant = frozenset({said}) if said in CURRENCIES else _SIGNS.get(said)
    if said and said != "-" and meant is None:
        raise CellError(f"{mark.strip()} is no currency")
    if meant is not None and currency not in meant:
        raise CellError(f"it is in {said}, and the shop sells in {currency}")


def number_in(said: str, decimals: int) -> Decimal:
    """Return a number written with points, with commas, or with both."""
    marks = [letter for letter in said if letter in ".,"]
    whole, _, part = said.rpartition(marks[-1]) if marks else (said, "", "")
    alike = len(set(marks)) == 1
    thousands = alike and (len(marks) > 1 or (len(part) == 3 and decimals != 3))
    if thousands and marks == ["."]:
        raise CellError(f"{said} can be read in two ways")
    if thousands:
        whole, part = said, ""
    if re.search(r"[.,]", whole) and not _GROUPED.fullmatch(whole):
        raise CellError(f"{said} is no number")
    digits = re.sub(r"[.,]", "", whole) or "0"
    if len(digits) > _MOST_DIGITS:
        raise CellError(f"{said} is too much")
    return Decimal(f"{digits}.{part or 0}")


def pieces_in(cell: str) -> int | None:
    """Return how many pieces there are; None: they are not counted."""
    said = cell.strip().casefold()
    if said in {"-", "yes", "true", "in stock", "instock", "unlimited", "not counted"}:
        return None
    if said in {"no", "false", "out of stock", "outofstock", "sold out", "none"}:
        return 0
    found = re.fullmatch(r"([+\-]?\d[\d, ]*)(?:\.0+)?\s*(?:pcs?|pieces?|units?|ea)?\.?", said)
    if found is None:
        raise CellError(f"{cell} is no number of pieces")
    # Web shops count below nothing what they sold beyond their stock.
    count = max(int(re.sub(r"[, ]", "", found[1])), 0)
    if count > _MOST:
        raise CellError(f"{cell} are too many pieces")
    return count


def grams_in(cell: str, unit: str = "") -> int:
    """Return a weight in grams; `unit` is what a bare number is in."""
    found = _WEIGHT.fullmatch(cell.strip())
    factor = _GRAMS.get((found[2] or unit).casefold()) if found else None
    if found is None or factor is None:
        raise CellError(f"{cell} is no weight")
    # A weight has any number of decimals: "0.250" of a kilogram is no thousand.
    said = found[1].replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", said) or (grams := Decimal(said) * factor) > _MOST:
        raise CellError(f"{cell} is no weight")
    return int(grams.to_integral_value())


def is_yes(cell: str) -> bool:
    return cell.strip().casefold() in {"1", "true", "yes", "y", "x", "published"}


# --- several values in one cell ----------------------------------------------------------------

_PART: Final = re.compile(r"(?:\\.|[^\\;,]|\\$)+", re.DOTALL)
_PAIR: Final = re.compile(r"(?:\\.|[^\\;]|\\$)+", re.DOTALL)
_NAMED: Final = re.compile(r"((?:\\.|[^\\:])+):(.*)", re.DOTALL)


def listed(values: Iterable[str]) -> str:
    """Write a list into one cell."""
    return "; ".join(_kept(value, ";,") for value in values)


def list_in(cell: str) -> list[str]:
    r"""Return the values of a list, parted by semicolons or commas; `\,` is no end of one."""
    return [_freed(part) for part in _PART.findall(cell) if part.strip()]


def paired(values: Mapping[str, str]) -> str:
    """Write names with values into one cell: "roast: dark; weight: 250 g"."""
    pairs = values.items()
    return "; ".join(f"{_kept(name, ';:')}: {_kept(value, ';')}" for name, value in pairs)


def pairs_in(cell: str) -> dict[str, str]:
    """Return names with values."""
    pairs: dict[str, str] = {}
    for part in _PAIR.findall(cell):
        said = _NAMED.fullmatch(part)
        name, value = (_freed(said[1]), _freed(said[2])) if said else ("", "")
        if name and value:
            pairs[name] = value
        elif part.strip():
            raise CellError(f"{part.strip()} is no name with a value, such as size: 38")
    return pairs


def _kept(value: str, marks: str) -> str:
    for mark in ("\\", *marks):
        value = value.replace(mark, f"\\{mark}")
    return value


def _freed(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.strip(), flags=re.DOTALL)
