"""What Meta says of templates, numbers and the business account, with no message to go by."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
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
    MoreInfo,
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

    def _account(self, change: Change, entry: Entry) -> inbound.AccountNews | None:
        """Read whether the account may send at all.

        The states of a ban are those of Meta's reference: unverified, nobody has seen one come.
        """
        update = decoded(change.value, AccountUpdate)
        state = update.ban_info.waba_ban_state if update.ban_info else ""
        stopped = _STOPPED.get((update.event, state))
        if stopped is None:
            return None
        name = made_id(change.field, change.value, entry.time)
        return inbound.AccountNews(provider_id=name, at=self._time(entry.time), stopped=stopped)


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
