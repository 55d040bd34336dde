"""Downloads from addresses that others name: never to a private place, never too much."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, PyreqwestError
from pyreqwest.http import Url
from pyreqwest.response import Response

from sokoni.kit.cancelling import cancellable

CONNECT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 10.0
"""So long the other side may keep silent in the middle of a file."""

_MOST_HOPS: Final = 5
_HTTPS: Final = 443
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NAT64: Final = IPv6Network("64:ff9b::/96")

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns every address of a name."""


class DownloadError(Exception):
    """There is no file. Which child it is says why."""


class RefusedAddressError(DownloadError):
    """The address, or one that it leads to, is none that we go to."""


class TooLargeError(DownloadError):
    """There is more of it than was allowed."""


class NotGivenError(DownloadError):
    """The other side answered, with something else than a file."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class CutShortError(DownloadError):
    """The other side could not be reached, or went away in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What to download, and who may see our credentials on the way."""

    url: str
    most: int
    """Bytes."""
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    """Shown the headers: names, or endings that begin with a dot."""


class Downloader:
    """Resolves each hop itself, checks all its addresses and connects to the one it checked."""

    def __init__(
        self, resolve: Resolve | None = None, *, private_hosts: frozenset[str] = frozenset()
    ) -> None:
        """Let `private_hosts` alone be on this machine or network, at any port, without TLS."""
        self._resolve = resolve or _addresses
        self._private_hosts = private_hosts

    async def download(self, errand: Errand) -> bytes:
        """Return the file, or raise a `DownloadError`."""
        url = _parsed(errand.url)
        for _ in range(_MOST_HOPS):
            client = await self._client_for(url)
            try:
                gone_to = await cancellable(_asked(client, url, errand))
            except PyreqwestError as error:
                # Not its text: it names the address, which may hold a secret.
                raise CutShortError(type(error).__name__) from error
            finally:
                await client.close()
            if isinstance(gone_to, bytes):
                return gone_to
            url = gone_to
        raise RefusedAddressError("too many redirects")

    async def _client_for(self, url: Url) -> Client:
        """Return a client that cannot reach anything but the checked address of this host."""
        trusted = url.host_str in self._private_hosts
        port = url.port_or_known_default or 0
        if not trusted and (url.scheme != "https" or port != _HTTPS):
            raise RefusedAddressError("neither https nor its own port")
        name = url.domain
        addresses = [_bare(url)] if name is None else await self._resolved(name, port)
        if not trusted and not all(is_public(one) for one in addresses):
            raise RefusedAddressError("not a public address")
        chosen = min(addresses, key=lambda one: ":" in one)
        return await asyncio.to_thread(_built, name, chosen, port)

    async def _resolved(self, name: str, port: int) -> Sequence[str]:
        if name.endswith("."):
            raise RefusedAddressError("a name with a dot at its end")
        try:
            addresses = await self._resolve(name, port)
        except (OSError, UnicodeError) as error:
            raise CutShortError("the name is not known") from error
        if not addresses:
            raise CutShortError("the name has no address")
        return addresses


def host_of(url: str) -> str:
    return _parsed(url).host_str or ""


def is_public(address: str) -> bool:
    """Tell whether the address is one of the Internet's, whatever it is wrapped in."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = _wrapped(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_reserved or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    """Return the older address that this one stands for."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


async def _addresses(name: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def _parsed(url: str) -> Url:
    try:
        parsed = Url(url)
    except ValueError as error:
        raise RefusedAddressError("no address") from error
    if not parsed.has_host or parsed.username or parsed.password:
        raise RefusedAddressError("an address with a name and a password, or without a host")
    return parsed


def _bare(url: Url) -> str:
    return (url.host_str or "").strip("[]")


def _built(name: str | None, address: str, port: int) -> Client:
    builder = (
        ClientBuilder()
        .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
        .read_timeout(timedelta(seconds=SILENT_SECONDS))
        .follow_redirects(enable=False)
        .referer(enable=False)
        .gzip(enable=False)
        .brotli(enable=False)
        .zstd(enable=False)
        .deflate(enable=False)
        .user_agent("sokoni")
        .no_proxy()
    )
    return (builder if name is None else builder.resolve(name, address, port)).build()


async def _asked(client: Client, url: Url, errand: Errand) -> bytes | Url:
    """Return the file, or the address that it is at."""
    headers = errand.headers if _may_see(url.host_str or "", errand.hosts) else {}
    try:
        asking = client.get(str(url)).headers(headers)
        # Nothing is read before its size was looked at.
        request = asking.streamed_read_buffer_limit(0).build_streamed()
    except (ValueError, BuilderError) as error:
        raise RefusedAddressError("no request can be made of it") from error
    async with request as answer:
        if answer.status in _REDIRECTS:
            return _next(url, answer)
        if answer.status != HTTPStatus.OK:
            raise NotGivenError(answer.status)
        return await _read(answer, errand.most)


def _may_see(host: str, hosts: frozenset[str]) -> bool:
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)


def _next(url: Url, answer: Response) -> Url:
    try:
        return _parsed(str(url.join(answer.get_header("location") or "")))
    except ValueError as error:
        raise RefusedAddressError("a redirect to no address") from error


async def _read(answer: Response, most: int) -> bytes:
    told = answer.get_header("content-length") or ""
    if told.isdecimal() and int(told) > most:
        raise TooLargeError(told)
    content = bytearray()
    while (chunk := await cancellable(answer.body_reader.read_chunk())) is not None:
        content += chunk
        if len(content) > most:
            raise TooLargeError(str(most))
    return bytes(content)
