"""What a merchant fills in to take cash when something is brought."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from sokoni.kit.money import written_decimal
from sokoni.payments.base import GatewayConfig


class CodConfig(GatewayConfig):
    """Who refused so often pays in another way."""

    most: Mapping[str, Annotated[Decimal, BeforeValidator(written_decimal), Field(gt=0)]] = {}
    """By currency, the most that is taken in cash: `{USD: "100"}`."""
    refusals: int = Field(0, ge=0)
    """After so many refusals a contact is not offered cash any more; 0: always."""
    instructions: str = Field("", max_length=300)
    """What contacts are told besides, such as who takes the money."""
