"""Which account a webhook's address stands for, and whose items its body may hold."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol

from sokoni.channels.accounts import AccountNotFoundError, LiveAccount
from sokoni.channels.errors import InvalidSignatureError
from sokoni.channels.inbound import Arrived, WebhookRequest
from sokoni.channels.registry import Acknowledgement, Registry, UnknownChannelError
from sokoni.gateway.batcher import NotStoredError
from sokoni.gateway.health import FAULTS


class Door(NamedTuple):
    """What a webhook's path names."""

    platform: str
    token: str = ""
    alias: bool = False
    """An address of the seeds, older than ours."""


_PREFIX: Final = "/webhook/"
_ALIASES: Final[Mapping[str, Door]] = {
    path: Door("whatsapp", alias=True)
    for path in ("/api/whatsapp/webhook", "/hook", "/hook/verify")
} | {"/webhook": Door("twilio", alias=True)}


def find_door(path: str) -> Door | None:
    """Return what the path names, None where it is no webhook's."""
    path = path.rstrip("/")
    if not path.startswith(_PREFIX):
        return _ALIASES.get(path)
    platform, _, token = path[len(_PREFIX) :].strip("/").partition("/")
    return Door(platform, token) if platform and "/" not in token else None


class Accounts(Protocol):
    """Where live accounts are found (`channels.accounts.Accounts`)."""

    async def by_token(self, platform: str, token: str) -> LiveAccount | None: ...
    async def by_key(self, channel: str, key: str) -> LiveAccount | None: ...
    async def only(self, platform: str) -> LiveAccount | None: ...


class Doors:
    """Opens doors, and sorts what came through by account."""

    def __init__(self, accounts: Accounts, registry: Registry, *, production: bool) -> None:
        self._accounts = accounts
        self._registry = registry
        self._production = production

    async def get(self, door: Door) -> LiveAccount:
        """Return the account behind the door, or raise `AccountNotFoundError`."""
        with _answering_for_the_database():
            if door.token:
                account = await self._accounts.by_token(door.platform, door.token)
            else:
                account = await self._accounts.only(door.platform)
        if account is None or self._is_shut(account):
            raise AccountNotFoundError(door.platform)
        return account

    def acknowledgement(self, account: LiveAccount) -> Acknowledgement:
        """Return what to answer where a body was stored."""
        return self._registry.get(account.channel.name).acknowledgement

    def names_account(self, account: LiveAccount) -> bool:
        """Tell whether bodies, and not the address, say whose they are."""
        return self._registry.get(account.channel.name).names_account

    async def sort(
        self, account: LiveAccount, arrived: Sequence[Arrived], request: WebhookRequest
    ) -> list[tuple[LiveAccount | None, Arrived]]:
        """Return each item with its account.

        None stands for an account that we do not have, or whose secret did not sign this body:
        one merchant's secret must not speak for another's number.
        """
        known: dict[str, LiveAccount | None] = {"": account, account.key: account}
        for one in arrived:
            if one.account_key not in known:
                known[one.account_key] = await self._sibling(account, one.account_key, request)
        return [(known[one.account_key], one) for one in arrived]

    async def _sibling(
        self, account: LiveAccount, key: str, request: WebhookRequest
    ) -> LiveAccount | None:
        with _answering_for_the_database():
            other = await self._accounts.by_key(account.channel.name, key)
        if other is None:
            return None
        try:
            other.channel.verify(request)
        except InvalidSignatureError:
            return None
        return other

    def _is_shut(self, account: LiveAccount) -> bool:
        try:
            adapter = self._registry.get(account.channel.name)
        except UnknownChannelError:
            return True
        return self._production and adapter.development_only


@contextmanager
def _answering_for_the_database() -> Iterator[None]:
    """Have the provider come again where the database that knows the accounts is away."""
    try:
        yield
    except FAULTS as error:
        raise NotStoredError(type(error).__name__) from error
