"""What a merchant fills in to connect a WhatsApp Cloud API number."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, HttpUrl, SecretStr, TypeAdapter
from typing_extensions import override

from sokoni.channels.base import ChannelConfig


def _checked(url: str) -> str:
    TypeAdapter(HttpUrl).validate_python(url)
    return url.rstrip("/")


Filled = Annotated[SecretStr, Field(min_length=1)]


class WhatsAppCloudConfig(ChannelConfig):
    """One business number. `app_secrets` holds two while one replaces the other."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    secrets: ClassVar[frozenset[str]] = frozenset({"access_token", "app_secrets", "verify_token"})

    phone_number_id: str = Field(min_length=1, max_length=128, pattern=r"^\d+$")
    """Meta's id of the number, not the number."""
    access_token: Filled
    """Of a system user, so that it does not end after a day."""
    app_secrets: tuple[Filled, ...] = Field(min_length=1)
    """Sign the webhooks; any of them counts."""
    verify_token: Filled
    """A word of your choice, told to Meta beside the webhook's address."""
    base_url: Annotated[str, AfterValidator(_checked)] = "https://graph.facebook.com"
    api_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$")
    business_account_id: str = ""
    """Needed where several merchants share one app: it says whose templates a webhook is about."""

    catalog_id: str = Field(default="", max_length=64, pattern=r"^\d*$")
    """Meta's id of the catalogue that is linked to the number: its products are shown by it."""
    catalog_link: Annotated[str, AfterValidator(_checked)] | None = None
    """The shop's address on the web, which Meta wants of every product; else Sokoni's own."""

    @override
    def key(self) -> str:
        return self.phone_number_id

    @override
    def business(self) -> str:
        return self.business_account_id

    @property
    def messages_url(self) -> str:
        return f"{self.base_url}/{self.api_version}/{self.phone_number_id}/messages"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.access_token.get_secret_value()}",
            "content-type": "application/json",
        }
