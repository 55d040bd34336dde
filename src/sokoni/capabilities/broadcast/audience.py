"""Whom an audience means: the facts that it asks for, put together as one SELECT."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from sokoni.capabilities.broadcast.said import Audience, Condition
from sokoni.contacts.facts import Fact
from sokoni.contacts.models import Contact
from sokoni.kit.ids import MerchantId


def members(
    merchant_id: MerchantId, audience: Audience, facts: Mapping[str, Fact], now: datetime
) -> Select[Any]:
    """Select the ids of the merchant's contacts who are meant, each person once."""

    def holds(one: Condition) -> ColumnElement[bool]:
        return Contact.id.in_(facts[one.fact].people(merchant_id, one.values, now))

    everybody = select(Contact.id).where(
        Contact.merchant_id == merchant_id, Contact.merged_into.is_(None)
    )
    meant = everybody.where(
        *(holds(one) for one in audience.all), *(~holds(one) for one in audience.none)
    )
    return meant.where(or_(*map(holds, audience.any))) if audience.any else meant
