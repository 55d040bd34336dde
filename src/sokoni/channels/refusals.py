"""What a provider's refusal means for us; each channel keeps its provider's codes as data."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final

from sokoni.channels import errors
from sokoni.kit.http import NotSentError, OutcomeUnknownError, Response


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means for us; `wait` in seconds, `tries` where more would be pointless."""

    kind: type[errors.SendError]
    wait: float = 0
    tries: int | None = None

    def error(self, message: str, code: str, wait: float = 0) -> errors.SendError:
        if issubclass(self.kind, errors.ThrottledError):
            return self.kind(message, provider_code=code, retry_after=max(wait, self.wait))
        if issubclass(self.kind, errors.TemporarySendError):
            return self.kind(message, provider_code=code, tries=self.tries)
        return self.kind(message, provider_code=code)


REFUSED: Final = Meaning(errors.SendError)
TEMPORARY: Final = Meaning(errors.TemporarySendError)
THROTTLED: Final = Meaning(errors.ThrottledError)
UNKNOWN: Final = Meaning(errors.UnknownOutcomeError)
DOWN: Final = Meaning(errors.ChannelDownError)
UNREACHABLE: Final = Meaning(errors.RecipientUnreachableError)
OPTED_OUT: Final = Meaning(errors.OptedOutError)
NOT_RENDERABLE: Final = Meaning(errors.NotRenderableError)
TEMPLATE: Final = Meaning(errors.TemplateUnusableError)


async def landed(asked: Awaitable[Response]) -> Response:
    """Return what a provider answers to a send, or raise what it means that it did not."""
    try:
        return await asked
    except NotSentError as error:
        raise errors.TemporarySendError(str(error)) from error
    except OutcomeUnknownError as error:
        raise errors.UnknownOutcomeError(str(error)) from error


def by_status(status: int) -> Meaning:
    """Judge an answer that carries no code we know by its HTTP status."""
    if status == 429:
        return THROTTLED
    if status == 408 or status >= 500:
        return UNKNOWN
    if status in {401, 403}:
        return DOWN
    # Somebody between us and the provider answered: nothing was taken.
    return TEMPORARY if 300 <= status < 400 else REFUSED


def retry_after(response: Response) -> float:
    """Return for how many seconds the provider wants to be left alone, 0 where it does not say."""
    given = response.headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdigit() else 0
