"""Exact decimals on every database, including those that would make floats of them."""

from decimal import Decimal
from typing import Final

from sqlalchemy import BigInteger, Dialect, TypeDecorator
from typing_extensions import override

_STEP: Final = Decimal("0.001")


class Thousandths(TypeDecorator[Decimal]):
    """A decimal with up to three places, kept as a whole number of thousandths.

    SQLite has no decimals; whole numbers compare and sort alike everywhere.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.quantize(_STEP).scaleb(3))

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-3)
