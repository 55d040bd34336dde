"""What a merchant fills in to be paid by Stripe."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic import TypeAdapter as Checker

from sokoni.kit.money import written_decimal
from sokoni.payments.base import GatewayConfig


def _none_of(*others: str, wanted: str) -> AfterValidator:
    """Refuse Stripe's other kinds of keys at once; what was given is not repeated."""

    def check(secret: SecretStr) -> SecretStr:
        if secret.get_secret_value().startswith(others):
            raise ValueError(f"it is another kind of key, {wanted}")
        return secret

    return AfterValidator(check)


def _checked(url: str) -> str:
    Checker(HttpUrl).validate_python(url)
    return url.rstrip("/")


Amount = Annotated[Decimal, BeforeValidator(written_decimal), Field(ge=0)]


class StripeConfig(GatewayConfig):
    """One account. `webhook_secrets` holds two while one replaces the other."""

    secrets: ClassVar[frozenset[str]] = frozenset({"secret_key", "webhook_secrets"})

    secret_key: Annotated[
        SecretStr,
        Field(min_length=8),
        _none_of("pk_", "whsec_", wanted="sk_ or rk_ begin the secret ones"),
    ]
    """With sk_test_ no real money moves."""
    webhook_secrets: tuple[
        Annotated[
            SecretStr,
            Field(min_length=8),
            _none_of("sk_", "pk_", "rk_", wanted="whsec_ begins it"),
        ],
        ...,
    ] = Field(min_length=1)
    """Sign what Stripe tells us; any of them counts."""
    base_url: Annotated[str, AfterValidator(_checked)] = "https://api.stripe.com"
    minutes: int = Field(1380, ge=60, le=1400)
    """A link is good for so long; Stripe takes half an hour to a day."""
    least: Mapping[str, Amount] = {}
    """By currency, the least that is taken, where Stripe's own least is another by now."""
