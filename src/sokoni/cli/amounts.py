"""Amounts that somebody typed."""

from decimal import Decimal, InvalidOperation

import typer


def amount_said(said: str) -> Decimal | None:
    """Return an amount such as 4.50; None where nothing was said."""
    if not said:
        return None
    try:
        amount = Decimal(said)
    except InvalidOperation:
        raise typer.BadParameter(f"{said} is no amount.") from None
    if not amount.is_finite() or amount.is_signed():
        raise typer.BadParameter(f"{said} is no amount.")
    return amount
