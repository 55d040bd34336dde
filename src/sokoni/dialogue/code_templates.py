"""Sends codes by the merchant's own approved template and number."""

from typing import Final

from sokoni.channels.accounts import Accounts, LiveAccount
from sokoni.channels.errors import (
    OptedOutError,
    RecipientUnreachableError,
    SendError,
    ThrottledError,
    UnknownOutcomeError,
)
from sokoni.channels.inbound import Address
from sokoni.channels.outbound import Outbound, Template
from sokoni.connectors.codes import (
    CodeError,
    CodeUnknownError,
    NumberRefusedError,
    Sending,
    WayAwayError,
)
from sokoni.kit.ids import OutboxId, new_id
from sokoni.merchants.directory import MerchantDirectory
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.templates import TemplateBook

PURPOSE: Final = "verification.sms"
"""Of the template, as of the SMS for which it stands."""


class TemplatesByChannel:
    """Not by the outbox: what is sent there is kept, and staff read it."""

    def __init__(
        self, accounts: Accounts, templates: TemplateBook, merchants: MerchantDirectory
    ) -> None:
        self._accounts = accounts
        self._templates = templates
        self._merchants = merchants

    async def send(self, sending: Sending, channel: str) -> str:
        account = self._account(sending, channel)
        template = await self._template(sending, channel)
        message = Outbound(
            outbox_id=OutboxId(new_id()), to=Address(phone=sending.number), content=template
        )
        try:
            return (await account.channel.send(message)).provider_id
        except SendError as error:
            raise _meaning(error) from error

    def _account(self, sending: Sending, channel: str) -> LiveAccount:
        mine = (
            one
            for one in self._accounts.known()
            if one.merchant_id == sending.merchant_id
            and one.channel.name == channel
            and not one.paused_reason
        )
        account = next(mine, None)
        if account is None:
            raise WayAwayError("no number of this channel can send")
        return account

    async def _template(self, sending: Sending, channel: str) -> Template:
        merchant = await self._merchants.get(sending.merchant_id)
        prompt = Prompt(PURPOSE, {"merchant": sending.merchant, "code": sending.code})
        filled = self._templates.filled(merchant, channel, [prompt], sending.language)
        if filled is None:
            raise WayAwayError("no approved template")
        return filled


def _meaning(error: SendError) -> CodeError:
    """Say in the words of codes what the channel did."""
    reason = f"{error.code} {error.provider_code}".strip()
    match error:
        case UnknownOutcomeError():
            return CodeUnknownError(reason)
        case RecipientUnreachableError() | OptedOutError():
            return NumberRefusedError(reason)
        case ThrottledError():
            return WayAwayError(reason, retry_after=error.retry_after)
        case _:
            return WayAwayError(reason)
