"""Orders that staff or a program put up for a contact: at our prices, by the chat's service."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.cart_rows import CartRows
from sokoni.capabilities.store.service.carted import MOST, Finding, Trouble
from sokoni.capabilities.store.service.checkout import (
    CartEmptyError,
    NotDeliveredError,
    Quote,
    Wish,
)
from sokoni.capabilities.store.service.coupons import CouponRefusedError
from sokoni.capabilities.store.service.orders import Orders
from sokoni.capabilities.store.service.placing import (
    CartChangedError,
    Goods,
    NewOrder,
    TotalChangedError,
)
from sokoni.capabilities.store.service.shipping import Destination
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, ConversationId
from sokoni.merchants.profile import MerchantProfile
from sokoni.payments.gateways import Offered, default_for
from sokoni.web.behalf import ContactBlockedError
from sokoni.web.problems import Mistake, MistakenError


class OrderRefusedError(MistakenError):
    """It cannot be ordered so: each thing that is in the way is named.

    Of a line: `unknown` (nobody here sells it), `gone` (not sold any more), `out` (none is left),
    `short:3` (three are left), `quantity` (too many of one thing).
    """

    code = "order_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutUp:
    """An order that is put up for a contact."""

    contact_id: ContactId
    lines: Sequence[tuple[str, int]]
    """SKUs or ids of variants, and how many of each."""
    delivery: str = ""
    """The id of a delivery option; "": where an address is said, the first that goes there."""
    address: str = ""
    note: str = ""
    coupon: str = ""
    gateway: str = ""
    """How it is paid; "": by the merchant's first gateway that takes so much."""
    agreed: Decimal | None = None
    """The total that was agreed on; another is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PuttingUp:
    """Puts up orders for one merchant's contacts, in one transaction."""

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    gateways: Offered
    now: datetime
    staff: str

    async def place(self, wanted: PutUp, conversation_id: ConversationId | None) -> Order:
        """Place the order, or raise `OrderRefusedError` and write nothing."""
        contact = await self.session.get_one(Contact, wanted.contact_id)
        if contact.blocked_at is not None:
            raise ContactBlockedError(str(contact.id))
        new = NewOrder(
            contact_id=wanted.contact_id,
            conversation_id=conversation_id,
            language=contact.language or self.merchant.language,
            wish=Wish(delivery=self._way(wanted), to=self._to(wanted.address)),
            goods=Goods(await self._pieces(wanted.lines), wanted.coupon),
            address=wanted.address,
            note=wanted.note,
            agreed=wanted.agreed,
            by=By.STAFF,
            staff=self.staff,
        )
        with _in_words(wanted):
            quote = await self._orders.quote(new)
            if not quote.option.collects and not wanted.address:
                raise _refused("address", "missing")
            return await self._orders.place(self._paid(new, wanted, quote))

    @property
    def _orders(self) -> Orders:
        return Orders(self.session, self.vault, self.merchant, self.now)

    async def _pieces(self, lines: Sequence[tuple[str, int]]) -> Mapping[VariantId, int]:
        rows = CartRows(self.session, self.merchant.id, self.now)
        known = await rows.named([sku for sku, _ in lines])
        unknown = [
            Mistake(where=f"items.{number}", problem="unknown")
            for number, (sku, _) in enumerate(lines)
            if sku not in known
        ]
        if unknown:
            raise OrderRefusedError(unknown)
        pieces: Counter[VariantId] = Counter()
        for number, (sku, quantity) in enumerate(lines):
            pieces[known[sku]] += quantity
            if not 0 < pieces[known[sku]] <= MOST:
                raise _refused(f"items.{number}", "quantity")
        return pieces

    def _way(self, wanted: PutUp) -> str:
        """Return the delivery option that is meant; "": the first that goes to the address."""
        options = self.merchant.settings(NAME, StoreSettings).delivery
        if wanted.delivery and wanted.delivery not in {one.id for one in options}:
            raise _refused("delivery", "unknown")
        if wanted.delivery or wanted.address:
            return wanted.delivery
        return next((one.id for one in options if one.collects), "")

    def _to(self, address: str) -> Destination | None:
        return Destination(text=address, country=self.merchant.country) if address else None

    def _paid(self, new: NewOrder, wanted: PutUp, quote: Quote) -> NewOrder:
        """Return the order with the gateway by which it is paid."""
        offered = self.gateways.of(self.merchant.id)
        total = quote.sums.money(quote.sums.total)
        live = default_for(offered, total)
        if wanted.gateway:
            live = next((one for one in offered if one.name == wanted.gateway), None)
            if live is None:
                raise _refused("payment_method", "unknown")
            if total.amount and not live.can.takes(total):
                raise _refused("payment_method", "not_so_much")
        by_hand = live is not None and live.can.by_hand
        gateway = "" if live is None else live.name
        wish = replace(new.wish, delivery=quote.option.id, gateway=gateway)
        return replace(new, wish=wish, prepaid=not by_hand)


@contextmanager
def _in_words(wanted: PutUp) -> Iterator[None]:
    """Turn what the service refuses into what the caller is told."""
    try:
        yield
    except CartEmptyError:
        raise _refused("items", "missing") from None
    except NotDeliveredError:
        raise _refused("address" if wanted.address else "delivery", "not_there") from None
    except CouponRefusedError as error:
        raise _refused("coupon", error.reason) from error
    except TotalChangedError as error:
        raise _refused("agreed", str(error.quote.sums.total)) from error
    except CartChangedError as error:
        raise OrderRefusedError(
            Mistake(where=_line(wanted, one), problem=_problem(one)) for one in error.findings
        ) from error


def _line(wanted: PutUp, finding: Finding) -> str:
    variant = finding.line.variant
    names = {variant.sku, str(variant.id)}
    number = next(at for at, (named, _) in enumerate(wanted.lines) if named in names)
    return f"items.{number}"


def _problem(finding: Finding) -> str:
    left = f":{finding.left}" if finding.trouble is Trouble.SHORT else ""
    return f"{finding.trouble}{left}"


def _refused(where: str, problem: str) -> OrderRefusedError:
    return OrderRefusedError([Mistake(where=where, problem=problem)])
