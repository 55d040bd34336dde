"""Where Nominatim is, and who asks."""

from typing import Final

from pydantic import BaseModel

from sokoni.config import Settings

CREDIT: Final = "OpenStreetMap contributors"
"""Must be named wherever its answers are shown."""


class NominatimConfig(BaseModel, frozen=True):
    """Nothing of it is secret."""

    url: str
    user_agent: str
    """Names the installation and how its operator is reached; a library's name is refused."""
    seconds: float = 5.0
    """How long an answer may take."""

    @classmethod
    def of(cls, settings: Settings) -> "NominatimConfig | None":
        """Return what the settings say, None where nobody is to be asked."""
        if not settings.nominatim_url:
            return None
        return cls(
            url=settings.nominatim_url.rstrip("/"), user_agent=settings.nominatim_user_agent
        )
