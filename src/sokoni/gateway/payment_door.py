"""What lies behind addresses of payments: webhooks of gateways, and what browsers are shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.payment_requests import CHECK, CheckWish
from sokoni.dialogue.performing import report_of
from sokoni.errors import AppError
from sokoni.gateway.pages import Page
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.models import Merchant
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.requests import Asking, ask
from sokoni.messaging.seats import Seat, first_number, seat_named
from sokoni.payments.base import Incoming, Source, UnreadableWebhookError
from sokoni.payments.gateways import LiveGateway, known_of
from sokoni.payments.models import Payment
from sokoni.payments.sandbox.gateway import CHOICES, SandboxGateway
from sokoni.payments.states import OPEN

_log = structlog.get_logger(__name__)


class AddressUnknownError(AppError):
    """Nobody's address."""

    code = "payment_address_unknown"
    http_status = 404


class Book(Protocol):
    """Where gateways are found (`payments.gateways.GatewayBook`)."""

    def find(self, merchant_id: MerchantId, name: str) -> LiveGateway | None: ...
    async def by_account(self, name: str, account: str) -> LiveGateway | None: ...


@dataclass(frozen=True, slots=True)
class Behind:
    """What an address stands for: a gateway and, where it is a payment's own, that."""

    live: LiveGateway
    payment: Payment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDoor:
    """Takes webhooks of gateways, and shows the pages around paying."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    inbox: Inbox
    gateways: Book
    catalogues: Catalogues
    wake: Callable[[], None]

    # --- webhooks ---------------------------------------------------------------------------

    async def take(
        self, gateway: str, token: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Store what happened, or raise why the body is refused."""
        behind = await self.behind(gateway, token)
        try:
            incoming = behind.live.gateway.webhook(body, headers)
        except UnreadableWebhookError as error:
            await self._keep(behind.live, body, str(error))
            return
        news = [one for one in incoming if one.state is not None]
        if news:
            await self._store(behind, news, body)
            self.wake()

    async def behind(self, gateway: str, token: str) -> Behind:
        """Return what an address stands for, or raise `AddressUnknownError`."""
        mine = select(Payment).where(Payment.token == token, Payment.provider == gateway)
        async with self._reading() as session:
            payment = await session.scalar(mine)
        if payment is not None:
            live = self.gateways.find(payment.merchant_id, gateway)
        else:
            live = await self.gateways.by_account(gateway, token)
        if live is None:
            raise AddressUnknownError(gateway)
        return Behind(live, payment)

    async def _store(self, behind: Behind, news: Sequence[Incoming], body: bytes) -> None:
        async with writing(self.engine) as connection:
            for one in news:
                payment = await self._meant(connection, behind, one)
                seat = (
                    None
                    if payment is None
                    else await seat_named(connection, payment.conversation_id)
                )
                if payment is None or seat is None:
                    await self._keep_in(connection, behind.live, body, "nobody's payment")
                    continue
                await self.inbox.store_own(connection, [self._own(payment, seat, one)])

    async def _meant(
        self, connection: AsyncConnection, behind: Behind, one: Incoming
    ) -> Payment | None:
        """Return which payment an event is about: by our id, the gateway's, or the money's."""
        mine = select(Payment).where(
            Payment.merchant_id == behind.live.merchant_id, Payment.provider == behind.live.name
        )
        async with AsyncSession(connection, expire_on_commit=False) as session:
            for which in _named(mine, one):
                found = await session.scalar(which)
                if found is not None:
                    return found
        # Only an address of its own says whose an event is that names nothing.
        named = one.payment_id or one.provider_id or one.transaction
        return None if named else behind.payment

    def _own(self, payment: Payment, seat: Seat, one: Incoming) -> Own:
        key = f"payment:{payment.provider}:{one.event_id}:{payment.id.hex}"
        return Own.to(seat, report_of(payment, one, Source.WEBHOOK), key=key, at=self.clock())

    async def _keep(self, live: LiveGateway, body: bytes, reason: str) -> None:
        async with writing(self.engine) as connection:
            await self._keep_in(connection, live, body, reason)

    async def _keep_in(
        self, connection: AsyncConnection, live: LiveGateway, body: bytes, reason: str
    ) -> None:
        """Keep a body that is signed and nobody's, as a failed event that staff see."""
        _log.warning("payment_event_kept", gateway=live.name, why=reason)
        account = await first_number(connection, live.merchant_id)
        if account is None:
            raise AddressUnknownError(live.name)
        what = f"{live.name}: {reason}"
        await self.inbox.keep_unreadable(connection, live.merchant_id, account, body, what)

    # --- pages ------------------------------------------------------------------------------

    async def back(self, gateway: str, token: str) -> Page:
        """Show that the browser is back. It changes nothing; the gateway is asked what is true."""
        behind = await self.behind(gateway, token)
        payment = behind.payment
        if payment is None:
            raise AddressUnknownError(gateway)
        if payment.state in OPEN and behind.live.can.asked:
            await self._have_asked(payment)
        return await self._page(payment)

    async def _have_asked(self, payment: Payment) -> None:
        """Have the gateway asked, at most once a minute however often the page is loaded."""
        now = self.clock()
        async with writing(self.engine) as connection:
            seat = await seat_named(connection, payment.conversation_id)
            if seat is None:
                return
            wish, once = CheckWish(payment_id=payment.id), f"back:{payment.id.hex}"
            asking = Asking.of(seat, CHECK, wish, once=f"{once}:{now:%Y%m%d%H%M}")
            await ask(connection, self.vault, asking, now)
        self.wake()

    async def sandbox(self, token: str) -> Page:
        """Show what may be chosen for a payment."""
        behind = await self.behind(SandboxGateway.name, token)
        if behind.payment is None:
            raise AddressUnknownError(SandboxGateway.name)
        return await self._page(behind.payment)

    async def choose(self, token: str, choice: str) -> Page:
        """Have the sandbox tell us what was chosen, through the door that all gateways use."""
        page = await self.sandbox(token)
        live = self.gateways.find(page.payment.merchant_id, SandboxGateway.name)
        if live is None or not isinstance(live.gateway, SandboxGateway) or choice not in CHOICES:
            raise AddressUnknownError(choice)
        body, headers = live.gateway.chosen(known_of(page.payment), choice)
        await self.take(SandboxGateway.name, token, body, headers)
        return page

    async def _page(self, payment: Payment) -> Page:
        spoken = select(Contact.language).where(Contact.id == payment.contact_id)
        async with self._reading() as session:
            merchant = await session.get_one(Merchant, payment.merchant_id)
            language = await session.scalar(spoken) or merchant.languages[0]
        return Page(payment, language, merchant.name, merchant.country)

    def _reading(self) -> AsyncSession:
        engine = self.engine.execution_options(**{READING: True})
        return AsyncSession(engine, expire_on_commit=False)


def _named(mine: Select[Payment], one: Incoming) -> Sequence[Select[Payment]]:
    """Return where to look for the payment of an event, the surest first."""
    ways = []
    if one.payment_id:
        try:
            ways.append(mine.where(Payment.id == UUID(one.payment_id)))
        except ValueError:
            _log.warning("payment_id_unreadable")
    if one.provider_id:
        ways.append(mine.where(Payment.provider_id == one.provider_id))
    if one.transaction:
        ways.append(mine.where(Payment.transaction_id == one.transaction))
    return ways
