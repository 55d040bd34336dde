"""What Meta says of templates, numbers and the business account, with no message to go by."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from sokoni.channels import errors, inbound
from sokoni.channels.whatsapp_cloud.decoding import BROKEN, decoded
from sokoni.channels.whatsapp_cloud.errors import named
from sokoni.channels.whatsapp_cloud.payloads import (
    AccountUpdate,
    Change,
    Entry,
    GraphError,
    LimitUpdate,
    MoreInfo,
    Restriction,
    TemplateUpdate,
)
from sokoni.kit.text import clean

_NO_REASON: Final = "NONE"
# Taken out of an archive it is what it was before.
_AS_BEFORE: Final[Mapping[str, str]] = {"UNARCHIVED": "APPROVED"}
_STOPPED: Final[Mapping[tuple[str, str], str]] = {
    ("DISABLED_UPDATE", "DISABLE"): "account_disabled",
    ("DISABLED_UPDATE", "REINSTATE"): "",
    ("ACCOUNT_DELETED", ""): "account_deleted",
}
"""By event and state of the ban: why nothing can be sent, "" when it can again."""
_RESTRICTED: Final = "ACCOUNT_RESTRICTION"
_UNASKED: Final = "RESTRICTED_BIZ_INITIATED_MESSAGING"
_ALL: Final = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
_FLAGS: Final[Mapping[str, str]] = {"FLAGGED": "RED", "UNFLAGGED": "GREEN"}
_THROUGHPUT: Final = "THROUGHPUT_UPGRADE"
"""Its limit is one of messages a second."""
_TIER: Final = re.compile(r"(?:TIER_)?(\d+)(K|M)?$", re.IGNORECASE)
_TIMES: Final[Mapping[str, int]] = {"": 1, "K": 1_000, "M": 1_000_000}
_UNLIMITED: Final = "TIER_UNLIMITED"


def made_id(kind: str, raw: msgspec.Raw, time: object = "") -> str:
    """Name what Meta gives no id: a repeat has the same bytes, so it gets the same name.

    `time` is that of the webhook, for what is told in the same words when it happens again.
    """
    digest = hashlib.sha256(bytes(raw)).hexdigest()[:40]
    return ":".join(filter(None, (kind[:100], digest, str(time or "")[:20])))


class NewsReader:
    """Reads what concerns a business as a whole.

    `business` is the id of the account's own: "" where every body is taken for it.
    """

    def __init__(self, business: str, time: Callable[[str | int], datetime]) -> None:
        self._business = business
        self._time = time
        self._fields: Mapping[str, Callable[[Change, Entry], inbound.Inbound | None]] = {
            "message_template_status_update": self._template,
            "message_template_quality_update": self._template,
            "template_category_update": self._template,
            "account_update": self._account,
            "phone_number_quality_update": self._number,
            "business_capability_update": self._number,
        }

    def key(self, entry: Entry) -> str:
        """Name the business that an entry is about, where it is another one's."""
        return "" if self._business in {"", str(entry.id)} else str(entry.id)

    def read(self, change: Change, entry: Entry) -> inbound.Inbound:
        """Return the news in a change; what has none for us is a notice, kept as it is.

        Raise one of `BROKEN` where it cannot be read.
        """
        known = self._fields.get(change.field)
        news = known(change, entry) if known else None
        return news or _notice(change.field, change.value, entry)

    def error(self, raw: msgspec.Raw, entry: Entry) -> inbound.Inbound:
        """Return a trouble of the number: one that keeps it from sending, or a notice."""
        try:
            error = decoded(raw, GraphError)
        except BROKEN:
            return _notice("errors", raw, entry)
        if named(error.code) != errors.ChannelDownError.code:
            return _notice("errors", raw, entry)
        return inbound.AccountNews(
            provider_id=made_id("errors", raw, entry.time),
            at=self._time(entry.time),
            stopped=f"{errors.ChannelDownError.code} {error.code}",
            one_number=True,
        )

    def _template(self, change: Change, entry: Entry) -> inbound.TemplateNews:
        update = decoded(change.value, TemplateUpdate)
        return inbound.TemplateNews(
            provider_id=made_id(change.field, change.value, entry.time),
            name=update.message_template_name,
            # Some webhooks write en-US for what is sent as en_US.
            language=update.message_template_language.replace("-", "_"),
            at=self._time(entry.time),
            approval=_AS_BEFORE.get(update.event, update.event),
            reason=_reason(update),
            category=update.new_category,
            quality=update.new_quality_score,
        )

    def _account(
        self, change: Change, entry: Entry
    ) -> inbound.AccountNews | inbound.NumberNews | None:
        """Read whether the account may send at all, or to whom it may not.

        The states of a ban are those of Meta's reference: unverified, nobody has seen one come.
        """
        update = decoded(change.value, AccountUpdate)
        name, at = made_id(change.field, change.value, entry.time), self._time(entry.time)
        if update.event == _RESTRICTED:
            return _restriction(update.restriction_info, name, at)
        state = update.ban_info.waba_ban_state if update.ban_info else ""
        stopped = _STOPPED.get((update.event, state))
        if stopped is None:
            return None
        return inbound.AccountNews(provider_id=name, at=at, stopped=stopped)

    def _number(self, change: Change, entry: Entry) -> inbound.NumberNews | None:
        """Read what Meta thinks of a number, and how many contacts it may write to first.

        The number is named as it is shown, which we do not know: it counts for all of a business.
        """
        update = decoded(change.value, LimitUpdate)
        quality, limit = _FLAGS.get(update.event, ""), _daily_limit(update)
        if not quality and limit is None:
            return None
        return inbound.NumberNews(
            provider_id=made_id(change.field, change.value, entry.time),
            at=self._time(entry.time),
            quality=quality,
            daily_limit=limit,
        )


def _restriction(found: list[Restriction], name: str, at: datetime) -> inbound.NumberNews | None:
    """Return what keeps contacts from being written to; others, such as of numbers, do not."""
    kept = [one for one in found if one.restriction_type in {_UNASKED, _ALL}]
    if not kept:
        return None
    until = [_ends(one.expiration) for one in kept]
    return inbound.NumberNews(
        provider_id=name,
        at=at,
        restricted=", ".join(one.restriction_type.lower() for one in kept),
        until=max((one for one in until if one is not None), default=None),
    )


def _ends(given: str | int) -> datetime | None:
    """Read a time that Meta writes as it likes: one that we cannot read ends by hand."""
    try:
        if str(given).isdigit():
            return datetime.fromtimestamp(int(given), UTC)
        read = datetime.fromisoformat(str(given))
    except (ValueError, OverflowError, OSError):
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _daily_limit(update: LimitUpdate) -> int | None:
    """Return how many may be written to first in 24 hours; 0: any number; None: not said."""
    told = update.max_daily_conversations_per_business or update.max_daily_conversation_per_phone
    if not told and update.event != _THROUGHPUT:
        told = update.current_limit
    tier = str(told).strip().upper()
    # As a number Meta writes no limit at all as -1.
    if tier == _UNLIMITED or tier.startswith("-"):
        return 0
    read = _TIER.match(tier)
    return int(read[1]) * _TIMES[(read[2] or "").upper()] if read else None


def _reason(update: TemplateUpdate) -> str:
    rejected = update.rejection_info
    more = update.other_info or MoreInfo()
    parts = (
        "" if update.reason == _NO_REASON else update.reason,
        rejected.reason if rejected else "",
        more.title,
        more.description,
    )
    return clean(": ".join(dict.fromkeys(part for part in parts if part)))[:300]


def _notice(field: str, value: msgspec.Raw, entry: Entry) -> inbound.Notice:
    name = made_id(field, value, entry.time)
    return inbound.Notice(provider_id=name, field=field, value=value)
