"""Who does things about money for the holder of a key."""

from sokoni.dialogue.cashing import StaffPayments
from sokoni.web.parts import Transaction, WebParts
from sokoni.web.principal import Principal


def staff_payments(parts: WebParts, principal: Principal, writing: Transaction) -> StaffPayments:
    """Return the till of the key's merchant, in this transaction."""
    return StaffPayments(
        connection=writing.connection,
        session=writing.session,
        inbox=parts.inbox,
        vault=parts.vault,
        clock=parts.clock,
        merchant=principal.merchant,
        gateways=parts.gateways,
        staff=principal.name,
    )
