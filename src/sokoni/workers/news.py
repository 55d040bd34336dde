"""Takes what channels say of templates and accounts: it belongs to no conversation."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

import msgspec
from sqlalchemy import Row, Table, bindparam, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.accounts import AccountNotFoundError, Accounts, LiveAccount
from sokoni.channels.inbound import AccountNews, NumberNews, TemplateNews
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, EventId
from sokoni.messaging.alerts import StaffAlerts
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import EventKind, EventState, InboxEvent
from sokoni.messaging.numbers import REPORTED
from sokoni.messaging.outbox_sql import pause_accounts
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.standing import keep_number_news
from sokoni.messaging.tells import Tells
from sokoni.messaging.template_news import StoppedTemplate, keep_template_news
from sokoni.messaging.wakeups import INBOX, Hints
from sokoni.workers.looping import keep_running, wait_for

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_AT_ONCE: Final = 100
_EVERY_SECONDS: Final = 1.0
_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    EventKind.TEMPLATE.value: msgspec.json.Decoder(TemplateNews),
    EventKind.ACCOUNT.value: msgspec.json.Decoder(AccountNews),
    EventKind.NUMBER.value: msgspec.json.Decoder(NumberNews),
}
_INBOX: Final = cast("Table", InboxEvent.__table__)
_I: Final = _INBOX.c
_WAITING: Final = (
    select(_I.id, _I.merchant_id, _I.account_id, _I.kind, _I.payload)
    .where(
        # A constant, so that plans use the partial index of what waits.
        _I.state == literal_column("0"),
        _I.conversation_id.is_(None),
        _I.kind.in_(list(_DECODERS)),
        _I.due_at <= bindparam("now"),
    )
    .order_by(_I.due_at, _I.id)
    .limit(_AT_ONCE)
)


class NewsWorker:
    """One step a second: nobody waits for it, and most of the time there is nothing."""

    def __init__(  # noqa: PLR0913 -- the worker's collaborators, each by name
        self,
        *,
        engine: AsyncEngine,
        vault: Vault,
        clock: Clock,
        inbox: Inbox,
        hints: Hints,
        accounts: Accounts,
        paused: Callable[[Mapping[AccountId, str]], None] = lambda _: None,
        templates_changed: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._hints = hints
        self._accounts = accounts
        self._paused = paused
        self._templates_changed = templates_changed
        self._tells = Tells(inbox)
        self._alerts = StaffAlerts(vault)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a database that is away is waited for."""

        async def step() -> None:
            if not await self.run_once():
                await wait_for(stop, _EVERY_SECONDS)

        await keep_running("news", step, stop)

    async def run_once(self) -> int:
        """Take all news that waits; return how much there was."""
        now = self._clock()
        async with reading(self._engine) as connection:
            # Look before locking: a writer holds up SQLite.
            if (await connection.execute(_WAITING, {"now": now})).first() is None:
                return 0
        await self._accounts.refresh()
        async with writing(self._engine) as connection:
            locked = _WAITING.with_for_update(skip_locked=True)
            rows = (await connection.execute(locked, {"now": now})).all()
            paused: dict[AccountId, str] = {}
            for row in rows:
                paused |= await self._take(connection, row, now)
        await self._pass_on(rows, paused)
        return len(rows)

    async def _take(
        self, connection: AsyncConnection, row: AnyRow, now: datetime
    ) -> Mapping[AccountId, str]:
        """Apply one; return the accounts that are paused by it, or ("") are no more."""
        try:
            news = _DECODERS[row.kind].decode(self._vault.open(PLACE, row.id, row.payload))
            live = await self._accounts.get(row.account_id)
        except (
            KeyUnknownError,
            TamperedError,
            msgspec.DecodeError,
            AccountNotFoundError,
        ) as error:
            await _end(connection, row.id, EventState.PARKED, now, type(error).__name__)
            return {}
        await _end(connection, row.id, EventState.DONE, now)
        if isinstance(news, AccountNews):
            return await self._account(connection, live, news)
        if isinstance(news, NumberNews):
            for one in sorted(self._concerned(live), key=lambda one: one.id):
                await keep_number_news(connection, one.id, news)
            return {}
        stopped = await keep_template_news(connection, row.merchant_id, live.channel.name, news)
        if stopped is not None:
            await self._tell_staff(connection, row, stopped, now)
        return {}

    async def _account(
        self, connection: AsyncConnection, live: LiveAccount, news: AccountNews
    ) -> Mapping[AccountId, str]:
        """Pause or open the account, with those of the same business where that is known."""
        reason = f"{REPORTED}{news.stopped}" if news.stopped else ""
        concerned = [live] if news.one_number else self._concerned(live)
        paused = {
            one.id: reason for one in concerned if reason or one.paused_reason.startswith(REPORTED)
        }
        await pause_accounts(connection, paused)
        if not reason:
            lifted = NumberNews(provider_id="", at=news.at, restricted="")
            for account_id in sorted(one.id for one in concerned):
                await keep_number_news(connection, account_id, lifted)
        return paused

    def _concerned(self, live: LiveAccount) -> Sequence[LiveAccount]:
        """Return the account, with those of the same business where that is known."""
        if not live.business:
            return [live]
        return [one for one in self._accounts.known() if _same_business(one, live)]

    async def _tell_staff(
        self, connection: AsyncConnection, row: AnyRow, stopped: StoppedTemplate, now: datetime
    ) -> None:
        words = {"template": stopped.name, "language": stopped.language, "why": stopped.why}
        prompt = Prompt("staff.template_stopped", words)
        once = f"template:{row.id.hex}"
        whispers = await self._alerts.whispers(connection, row, prompt, once=once, now=now)
        await self._tells.carry(connection, whispers, now)

    async def _pass_on(self, rows: Sequence[AnyRow], paused: Mapping[AccountId, str]) -> None:
        """Have this process know at once what others see when they read all anew."""
        if paused:
            self._paused({one: reason for one, reason in paused.items() if reason})
            await self._accounts.refresh()
        if self._templates_changed and any(row.kind == EventKind.TEMPLATE for row in rows):
            await self._templates_changed()
            self._hints.notify(INBOX)


def _same_business(one: LiveAccount, live: LiveAccount) -> bool:
    return (one.merchant_id, one.channel.name, one.business) == (
        live.merchant_id,
        live.channel.name,
        live.business,
    )


async def _end(
    connection: AsyncConnection, event_id: EventId, state: int, now: datetime, error: str = ""
) -> None:
    ended = update(_INBOX).where(_I.id == event_id)
    await connection.execute(ended.values(state=int(state), handled_at=now, error=error))
