"""Facts of contacts that conversations know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select

from sokoni.contacts.facts import Fact, FactKind, since
from sokoni.kit.ids import MerchantId
from sokoni.messaging.models import Conversation


def _heard(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    return select(Conversation.contact_id).where(
        Conversation.merchant_id == merchant_id,
        Conversation.last_inbound_at >= since(wanted, now),
    )


FACTS: Final[Mapping[str, Fact]] = {
    "heard": Fact(about="Wrote within so many days.", kind=FactKind.DAYS, people=_heard),
}
