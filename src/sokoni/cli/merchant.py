"""`sokoni merchant …`: apply merchant files, show merchants."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sokoni.bootstrap import kinds, variables
from sokoni.channels.accounts import webhook_address
from sokoni.channels.registry import Registry
from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.merchants.changes import Change, Outcome
from sokoni.merchants.file import MerchantFile, MerchantFileError, read_merchant_file
from sokoni.merchants.lines import Problem
from sokoni.merchants.models import ChannelAccount, PaymentAccount
from sokoni.merchants.paying import PaymentAccounts
from sokoni.merchants.service import Merchants
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.messaging.standing import standing_of
from sokoni.payments.gateways import callback_address

commands = typer.Typer(help="The merchants of this server.", no_args_is_help=True)

YamlFile = Annotated[
    Path, typer.Argument(metavar="FILE.yaml", exists=True, dir_okay=False, readable=True)
]


@commands.command("apply")
def apply(path: YamlFile) -> None:
    """Make a merchant as its file says. A second run changes nothing."""
    report(asyncio.run(_apply(path)))


async def _apply(path: Path) -> Sequence[Change]:
    async with opened() as parts:
        file = read(path, parts)
        async with parts.session() as session:
            return await apply_merchant_file(session, parts.vault, parts.clock, file)


def read(path: Path, parts: Parts) -> MerchantFile:
    """Read a merchant file; its `${VARIABLES}` come from the environment."""
    known = kinds(production=parts.settings.production)
    return read_merchant_file(_text(path), known, variables(), source=str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MerchantFileError(str(path), [Problem(line, "not written in UTF-8")]) from error


def report(changes: Sequence[Change]) -> None:
    """Say what was done, leaving out what was in order already."""
    done = [change for change in changes if change.outcome is not Outcome.UNCHANGED]
    for change in done:
        say(f"{change.outcome}: {change.what}")
    if not done:
        say("Nothing to change.")


@commands.command("list")
def show() -> None:
    """Show every merchant, its channels, and the addresses of their webhooks."""
    lines = asyncio.run(_lines())
    say("\n".join(lines) or "There is no merchant yet: `sokoni merchant apply FILE.yaml`.")


async def _lines() -> list[str]:
    lines: list[str] = []
    async with opened() as parts, parts.session() as session:
        merchants = Merchants(session, parts.vault, parts.clock)
        for merchant in await merchants.all():
            lines.append(f"{merchant.slug}: {merchant.name} ({', '.join(merchant.languages)})")
            accounts = await merchants.accounts(merchant.id)
            lines += [_account(one, parts) for one in accounts]
            tills = PaymentAccounts(session, parts.vault, merchant.id, parts.clock)
            lines += [_till(one, parts.settings.public_url) for one in await tills.all()]
    return lines


def _till(till: PaymentAccount, public_url: str) -> str:
    state = f"not offered, {till.paused_reason}" if till.paused_reason else "ready"
    address = callback_address(public_url, till.gateway, till.account)
    return f"  payments by {till.gateway}: {state}\n    callback {address}"


def _account(account: ChannelAccount, parts: Parts) -> str:
    platform = Registry.installed().get(account.channel).platform
    state = f"paused, {account.paused_reason}" if account.paused_reason else "ready"
    state = "; ".join([state, *standing_of(account).words(parts.clock())])
    webhook = webhook_address(parts.settings.public_url, platform, account.account)
    return f"  {account.channel} {account.key}: {state}\n    webhook {webhook}"
