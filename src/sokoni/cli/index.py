"""`sokoni index …`: what is searched, put where it is searched anew."""

import asyncio
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.cli.console import say
from sokoni.cli.parts import Parts, opened
from sokoni.db.writing import write_patiently
from sokoni.dialogue.dialogues import switched_on
from sokoni.dialogue.manifest import Reindex
from sokoni.kit.ids import MerchantId
from sokoni.merchants.directory import profile_of
from sokoni.merchants.service import Merchants
from sokoni.search.misses import Missed, Misses

commands = typer.Typer(help="What is searched.", no_args_is_help=True)

_DAYS: Final = 30
_MOST: Final = 200


@commands.command("rebuild")
def rebuild(merchant: Annotated[str, typer.Argument(metavar="MERCHANT")]) -> None:
    """Put all that a merchant has searched into the index anew, beside a running server too."""
    changed = asyncio.run(_rebuild(merchant))
    say(f"Done: {changed} were found otherwise before.")


@commands.command("missed")
def missed(
    merchant: Annotated[str, typer.Argument(metavar="MERCHANT")],
    days: Annotated[int, typer.Option("--days", help="The last so many.", min=1)] = _DAYS,
    language: Annotated[str, typer.Option("--language", help="Only in this, such as sn.")] = "",
) -> None:
    """List what people looked for in vain, and in which language, what was wanted most first."""
    lines = asyncio.run(_missed(merchant, days, language))
    say("\n".join(lines) or "Everything that was looked for was found.")


async def _missed(slug: str, days: int, language: str) -> list[str]:
    async with opened() as parts, parts.session() as session:
        merchant = profile_of(await Merchants(session, parts.vault, parts.clock).get(slug))
        since = parts.clock().astimezone(merchant.zone).date() - timedelta(days=days)
        misses = Misses(session, merchant.id)
        found = await misses.listed(since=since, limit=_MOST, language=language)
    return [_line(one, merchant.zone) for one in found]


def _line(one: Missed, zone: ZoneInfo) -> str:
    spoken = f" ({one.language})" if one.language else ""
    last = f"{one.last_at.astimezone(zone):%Y-%m-%d}"
    return f"{one.count} x {one.words}{spoken}, last on {last}"


async def _rebuild(slug: str) -> int:
    async with opened() as parts:
        async with parts.session() as session:
            merchant = profile_of(await Merchants(session, parts.vault, parts.clock).get(slug))
        enabled = switched_on(merchant, parts.capabilities)
        putting = [one.reindex for one in enabled if one.reindex is not None]
        return sum([await _put(parts, merchant.id, one) for one in putting])


async def _put(parts: Parts, merchant_id: MerchantId, reindex: Reindex) -> int:
    """Put batch by batch, each in a transaction of its own: a server beside it goes on."""
    changed, after = 0, None
    while True:

        async def put(
            connection: AsyncConnection, last: UUID | None = after
        ) -> tuple[int, UUID | None]:
            mode = "rollback_only"
            async with AsyncSession(connection, join_transaction_mode=mode) as session:
                outcome = await reindex(session, merchant_id, parts.clock(), last)
                await session.flush()
                return outcome

        count, after = await write_patiently(parts.engine, put)
        changed += count
        if after is None:
            return changed
