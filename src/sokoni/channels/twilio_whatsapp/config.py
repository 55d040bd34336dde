"""What a merchant fills in to connect a WhatsApp number of Twilio's."""

from base64 import b64encode
from typing import Annotated, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    model_validator,
)
from pydantic import TypeAdapter as Checker
from typing_extensions import override

from sokoni.channels.base import ChannelConfig

PREFIX: Final = "whatsapp:"
"""Begins every address that Twilio knows on WhatsApp."""
SANDBOX: Final = "+14155238886"
_SANDBOX_PER_SECOND: Final = 1 / 3


def _checked(url: str) -> str:
    Checker(HttpUrl).validate_python(url)
    return url.rstrip("/")


def _bare(number: object) -> object:
    return number.strip().removeprefix(PREFIX) if isinstance(number, str) else number


Filled = Annotated[SecretStr, Field(min_length=1)]
BaseUrl = Annotated[str, AfterValidator(_checked)]


class TwilioWhatsAppConfig(ChannelConfig):
    """One sender. `auth_tokens` holds two while one replaces the other."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    secrets: ClassVar[frozenset[str]] = frozenset({"auth_tokens", "api_key_secret"})

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    """Of the account, or the subaccount, whose number it is."""
    auth_tokens: tuple[Filled, ...] = Field(min_length=1)
    """Sign the webhooks; any of them counts. The first one sends where there is no API key."""
    api_key_sid: str = Field("", pattern=r"^(SK[0-9a-fA-F]{32})?$")
    """Sends and fetches in place of the token, and can be revoked without it."""
    api_key_secret: SecretStr = SecretStr("")
    """Shown once at Twilio, when the key is made."""
    number: Annotated[str, BeforeValidator(_bare), Field(pattern=r"^\+[1-9]\d{6,14}$")]
    """Such as +14155238886, the sandbox; `whatsapp:` before it does no harm."""
    messaging_service_sid: str = Field("", pattern=r"^(MG[0-9a-fA-F]{32})?$")
    """Sends by this service in place of the number alone."""
    base_url: BaseUrl = "https://api.twilio.com"
    content_base_url: BaseUrl = "https://content.twilio.com"
    messaging_base_url: BaseUrl = "https://messaging.twilio.com"
    per_second: float = Field(0, ge=0)
    """Messages a second that Twilio takes; 0: 80, in the sandbox one in 3 seconds."""

    @model_validator(mode="after")
    def _whole_key(self) -> Self:
        if bool(self.api_key_sid) != bool(self.api_key_secret.get_secret_value()):
            raise ValueError("api_key_sid and api_key_secret belong together")
        return self

    @override
    def key(self) -> str:
        return account_key(self.account_sid, self.number)

    @property
    def rate(self) -> float:
        return self.per_second or (_SANDBOX_PER_SECOND if self.number == SANDBOX else 80)

    @property
    def messages_url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/Messages.json"

    @property
    def contents_url(self) -> str:
        return f"{self.content_base_url}/v1/Content"

    @property
    def typing_url(self) -> str:
        return f"{self.messaging_base_url}/v3/Indicators/Typing.json"

    @property
    def credentials(self) -> dict[str, str]:
        """Return the header that lets us in."""
        user, secret = self.account_sid, self.auth_tokens[0]
        if self.api_key_sid:
            user, secret = self.api_key_sid, self.api_key_secret
        basic = b64encode(f"{user}:{secret.get_secret_value()}".encode()).decode()
        return {"authorization": f"Basic {basic}"}


def account_key(account_sid: str, number: str) -> str:
    """Name a number: the sandbox's belongs to many accounts at once."""
    return f"{account_sid}/{number}"
