"""Rows as they are shown to whoever may ask for all that is kept of a contact."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, inspect
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.base import Base, MerchantScoped
from sokoni.kit.ids import MerchantId


async def exported(
    session: AsyncSession,
    merchant_id: MerchantId,
    statements: Mapping[str, Select[Any]],
    hidden: Collection[str],
) -> dict[str, list[dict[str, Any]]]:
    """Return the merchant's rows by name, oldest first, without the columns that are hidden."""
    return {
        name: [_shown(row, hidden) for row in await session.scalars(_scoped(one, merchant_id))]
        for name, one in statements.items()
    }


def _scoped(statement: Select[Any], merchant_id: MerchantId) -> Select[Any]:
    model = statement.column_descriptions[0]["entity"]
    ordered = statement.order_by(*inspect(model).primary_key)
    mine = issubclass(model, MerchantScoped)
    return ordered.where(model.merchant_id == merchant_id) if mine else ordered


def _shown(row: Base, hidden: Collection[str]) -> dict[str, Any]:
    names = (column.key for column in row.__table__.columns)
    return {name: getattr(row, name) for name in names if name not in hidden}
