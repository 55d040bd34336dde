"""How a channel refuses: each kind says what may be tried next."""

from sokoni.errors import AppError


class InvalidSignatureError(AppError):
    code = "invalid_signature"
    http_status = 401


class UnreadableBodyError(AppError):
    """The signature is good, but nothing in the body can be read."""

    code = "unreadable_body"


class SendError(AppError):
    """The provider refused the message, and will refuse it again."""

    code = "send_refused"

    def __init__(self, message: str, *, provider_code: str = "") -> None:
        super().__init__(message)
        self.provider_code = provider_code


class TemporarySendError(SendError):
    """Not taken this time; safe to try again, at most `tries` times more where that is named."""

    code = "send_refused_for_now"

    def __init__(self, message: str, *, provider_code: str = "", tries: int | None = None) -> None:
        super().__init__(message, provider_code=provider_code)
        self.tries = tries


class ThrottledError(TemporarySendError):
    """Too fast for the number; `retry_after` is in seconds, 0 where the provider named none."""

    code = "send_throttled"

    def __init__(self, message: str, *, provider_code: str = "", retry_after: float = 0) -> None:
        super().__init__(message, provider_code=provider_code)
        self.retry_after = retry_after


class ContactThrottledError(ThrottledError):
    """Too fast for this one contact: others need not wait."""

    code = "send_contact_throttled"


class UnknownOutcomeError(SendError):
    """It may have been taken: wait for a delivery status before trying again."""

    code = "send_outcome_unknown"


class FileUnfetchedError(TemporarySendError):
    """The provider could not fetch our file: where it never can, a form without one may pass."""

    code = "send_file_unfetched"


class ChannelDownError(TemporarySendError):
    """The whole number cannot send until an operator mends it: nothing else is tried."""

    code = "channel_down"


class RecipientUnreachableError(SendError):
    """The address takes no messages."""

    code = "recipient_unreachable"


class OptedOutError(SendError):
    code = "contact_opted_out"


class ReplyWindowClosedError(SendError):
    """Too long since the contact wrote; only a template may be sent."""

    code = "reply_window_closed"


class TemplateUnusableError(SendError):
    """The provider does not let this template be sent: another may pass."""

    code = "template_unusable"


class NotRenderableError(SendError):
    """The provider rejects this form of the message: one step down the ladder may pass."""

    code = "send_not_renderable"


class MediumGoneError(AppError):
    """The provider has the file no longer, or never had it."""

    code = "medium_gone"


class MediumDelayedError(AppError):
    """The provider does not say where the file is, this time."""

    code = "medium_delayed"
