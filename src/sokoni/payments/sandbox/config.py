"""What a merchant fills in to try payments without an account anywhere."""

from datetime import timedelta

from pydantic import Field

from sokoni.payments.base import GatewayConfig


class SandboxConfig(GatewayConfig):
    """No money moves: production refuses it unless it is allowed here."""

    minutes: int = Field(1440, ge=1, le=43_200)
    """A link is good for so long."""
    in_production: bool = False
    """Let it work in production too, as for a demonstration."""

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=self.minutes)
