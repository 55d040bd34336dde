"""Amounts of money: a decimal in the currency's minor-unit precision, and its ISO code."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

# ISO 4217, not CLDR, which differs (reference/providers.md §1.2).
_WHOLE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
}
_CURRENT: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CURRENT.split())
"""What people pay with today, by ISO 4217."""


def exponent(currency: str) -> int:
    """Return how many decimals the currency has: 2 unless ISO 4217 says otherwise."""
    return _EXPONENTS.get(currency, 2)


@lru_cache(maxsize=256)
def _step(currency: str) -> Decimal:
    """Return the currency's smallest amount."""
    return Decimal(1).scaleb(-exponent(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217), rounded half up to its minor unit."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        _check_exact(self.amount)
        step = _step(self.currency)
        object.__setattr__(self, "amount", self.amount.quantize(step, ROUND_HALF_UP))

    def times(self, factor: Decimal | int) -> "Money":
        _check_exact(factor)
        return Money(self.amount * factor, self.currency)

    def over(self, parts: Decimal | int) -> "Money":
        """Return the share of each of so many parts, rounded."""
        _check_exact(parts)
        return Money(self.amount / parts, self.currency)


def _check_exact(amount: object) -> None:
    """Refuse a float, whatever the types of the caller promised: a cent may be lost in it."""
    if not isinstance(amount, (Decimal, int)):
        raise TypeError(f"money is made of decimals, not of {type(amount).__name__}")


def written_decimal(value: object) -> object:
    """Take whole numbers and quoted decimals of a file; a float there is no exact amount."""
    if isinstance(value, float):
        raise ValueError('an amount with a point must stand in quotes, such as "4.50"')  # noqa: TRY004 -- how pydantic is told
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
