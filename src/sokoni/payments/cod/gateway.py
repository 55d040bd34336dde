"""Cash on delivery as a gateway that nobody can ask: staff know."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from sokoni.kit.money import Money
from sokoni.payments.base import (
    BadSignatureError,
    Capabilities,
    Incoming,
    Known,
    Link,
    NotSupportedError,
    Order,
    Refunded,
)
from sokoni.payments.cod.config import CodConfig

_LASTS: Final = timedelta(days=365)


class CodGateway:
    """Has no link and no webhook; what is given back is given by hand."""

    name: ClassVar[str] = "cod"

    def __init__(self, config: CodConfig) -> None:
        self.config = config

    def capabilities(self) -> Capabilities:
        return Capabilities(
            most=self.config.most,
            link=False,
            at_once=True,
            asked=False,
            by_hand=True,
            signed=False,
            lasts=_LASTS,
            refusals=self.config.refusals,
            instructions=self.config.instructions,
        )

    async def link(self, order: Order) -> Link:  # noqa: ARG002
        return Link()

    async def status(self, known: Known) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:  # noqa: ARG002
        raise BadSignatureError("cash has no webhook")

    async def refund(self, known: Known, money: Money, reason: str, key: str) -> Refunded:  # noqa: ARG002
        raise NotSupportedError("by_hand")

    async def close(self, known: Known) -> None:
        pass
