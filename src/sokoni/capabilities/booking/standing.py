"""Where a provider stands with the merchant."""

from enum import StrEnum


class ProviderStatus(StrEnum):
    PENDING = "pending"
    """Registered; staff have not looked yet."""
    ACTIVE = "active"
    PAUSED = "paused"
    """Takes no jobs for a while, by their own wish."""
    REJECTED = "rejected"
