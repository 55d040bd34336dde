"""Where the Auth API is, and how it is asked."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, HttpUrl, SecretStr
from pydantic import TypeAdapter as Checker

from sokoni.connectors.codes import WayConfig


def _checked(url: str) -> str:
    Checker(HttpUrl).validate_python(url)
    return url.rstrip("/")


class AuthApiConfig(WayConfig):
    """Codes are made and checked there, unless `code_field` has ours handed over."""

    secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    url: Annotated[str, AfterValidator(_checked)] = "http://localhost:8001"
    otp_path: str = Field("/auth/send-otp", pattern=r"^/\S*$")
    """Has a code sent."""
    verify_path: str = Field("/auth/verify-otp", pattern=r"^/\S*$")
    """Is told a code, and says whether it is right."""
    health_path: str = Field("/health", pattern=r"^/\S*$")
    """Says whether it is there."""
    token: SecretStr = SecretStr("")
    """Bearer token; none is sent where it is empty."""
    user_type: str = Field("MSME", min_length=1, max_length=40)
    """Of everybody who is registered, where the task does not say."""
    code_field: str = Field("", pattern=r"^\w*$")
    """Name under which a code of ours is handed over; then it is checked here."""
    seconds: float = Field(10.0, gt=0, le=25)
    """How long an answer may take."""
