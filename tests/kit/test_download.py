"""Downloads go to public addresses alone, show credentials to whom they belong, and end."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from sokoni.kit.download import (
    CutShortError,
    Downloader,
    DownloadError,
    Errand,
    NotGivenError,
    RefusedAddressError,
    TooLargeError,
    is_public,
)
from sokoni.testing.loopback import Answered, Asked, serving

SECRET = {"authorization": "Bearer token"}
MOST = 1000
LOOPBACK = frozenset({"127.0.0.1"})
LOCAL = Downloader(private_hosts=LOOPBACK)


class Place:
    """A server on loopback that is known by any name."""

    def __init__(self, answer: Callable[[Asked], Answered]) -> None:
        self.asked: list[Asked] = []
        self._answer = answer

    def answer(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        return self._answer(asked)


class Names:
    """A name server of the tests' own."""

    def __init__(self, **addresses: Sequence[str]) -> None:
        self.looked_up: list[str] = []
        self._addresses = addresses

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        self.looked_up.append(name)
        return self._addresses.get(name.replace(".", "_"), ())


def leading_to(location: str) -> Callable[[Asked], Answered]:
    return lambda _: Answered(302, headers={"location": location})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - looked at, not listened on
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "no address",
    ],
)
def test_address_of_this_machine_or_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["157.240.1.1", "2a03:2880::1", "::ffff:157.240.1.1", "64:ff9b::157.240.1.1"]
)
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example/photo",
        "https://mixed.example/photo",
        "https://127.0.0.1/photo",
        "https://[::1]/photo",
        "https://[::ffff:127.0.0.1]/photo",
        "https://2130706433/photo",
        "https://0x7f.1/photo",
        "https://public.example:8443/photo",
        "https://public.example./photo",
        "https://someone@public.example/photo",
        "http://public.example/photo",
        "ftp://public.example/photo",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "photo",
        "",
    ],
)
async def test_private_or_odd_address_is_refused(url: str) -> None:
    names = Names(
        media_example=["10.0.0.1"],
        mixed_example=["157.240.1.1", "169.254.169.254"],
        public_example=["157.240.1.1"],
    )

    with pytest.raises(RefusedAddressError):
        await Downloader(names).download(Errand(url=url, most=MOST))


async def test_name_that_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(CutShortError):
        await Downloader(Names()).download(Errand(url="https://away.example/", most=MOST))


async def test_connects_to_the_address_that_was_checked() -> None:
    place = Place(lambda _: Answered(body=b"photo"))
    names = Names(provider_example=["127.0.0.1"])
    async with serving(place.answer) as url:
        origin = url.replace("127.0.0.1", "provider.example")
        downloader = Downloader(names, private_hosts=frozenset({"provider.example"}))

        content = await downloader.download(Errand(url=f"{origin}/photo?n=1", most=MOST))

    assert content == b"photo"
    assert names.looked_up == ["provider.example"]
    assert [one.path for one in place.asked] == ["/photo?n=1"]
    assert place.asked[0].headers["host"] == origin.removeprefix("http://")


async def test_private_host_is_that_name_alone() -> None:
    place = Place(lambda _: Answered(body=b"photo"))
    async with serving(place.answer) as url:
        for other in ("localhost", "127.0.0.2", "[::1]", "127.0.0.1.example", "sub.127.0.0.1"):
            with pytest.raises(DownloadError):
                await LOCAL.download(Errand(url=url.replace("127.0.0.1", other), most=MOST))

    assert place.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "https://metadata.example/latest",
        "https://169.254.169.254/latest",
        "//[::1]/",
        "http://public.example/",
        "gopher://public.example/",
        "https://",
    ],
)
async def test_redirect_to_a_private_place_is_refused(location: str) -> None:
    place = Place(leading_to(location))
    names = Names(metadata_example=["169.254.169.254"], public_example=["157.240.1.1"])
    async with serving(place.answer) as url:
        with pytest.raises(RefusedAddressError):
            await Downloader(names, private_hosts=LOOPBACK).download(Errand(url=url, most=MOST))

    assert len(place.asked) == 1


async def test_redirect_is_followed_with_the_credentials_of_its_host() -> None:
    def answer(asked: Asked) -> Answered:
        moved = Answered(307, headers={"location": "/here"})
        return moved if asked.path == "/media" else Answered(body=b"photo")

    place = Place(answer)
    async with serving(place.answer) as url:
        errand = Errand(
            url=f"{url}/media",
            most=MOST,
            headers=SECRET,
            hosts=frozenset({"127.0.0.1"}),
        )
        content = await LOCAL.download(errand)

    assert content == b"photo"
    assert [one.headers.get("authorization") for one in place.asked] == ["Bearer token"] * 2


@pytest.mark.parametrize(
    ("hosts", "shown"),
    [
        ({"media.example"}, True),
        ({".example"}, True),
        ({"example"}, False),
        ({"other.example"}, False),
        ({"edia.example"}, False),
        (set[str](), False),
    ],
)
async def test_credentials_are_shown_to_hosts_that_are_named(
    hosts: set[str], *, shown: bool
) -> None:
    place = Place(lambda _: Answered(body=b"photo"))
    async with serving(place.answer) as url:
        origin = url.replace("127.0.0.1", "media.example")
        errand = Errand(url=origin, most=MOST, headers=SECRET, hosts=frozenset(hosts))
        names = Names(media_example=["127.0.0.1"])
        await Downloader(names, private_hosts=frozenset({"media.example"})).download(errand)

    assert ("authorization" in place.asked[0].headers) is shown


async def test_endless_redirects_end() -> None:
    place = Place(leading_to("/again"))
    async with serving(place.answer) as url:
        with pytest.raises(RefusedAddressError):
            await LOCAL.download(Errand(url=url, most=MOST))

    assert len(place.asked) == 5


async def test_file_that_says_it_is_too_large_is_not_read() -> None:
    place = Place(lambda _: Answered(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n"))
    async with serving(place.answer) as url:
        with pytest.raises(TooLargeError):
            await LOCAL.download(Errand(url=url, most=MOST))


async def test_file_that_hides_its_size_is_cut_off() -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while sent < 50_000_000:
                writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                await writer.drain()
                sent += 65536
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(pour, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        with pytest.raises(TooLargeError):
            await LOCAL.download(Errand(url=url, most=100_000))

    assert sent < 25_000_000


async def test_squeezed_file_stays_squeezed() -> None:
    headers = {"content-encoding": "gzip"}
    place = Place(lambda _: Answered(body=b"\x1f\x8bnot unpacked", headers=headers))
    async with serving(place.answer) as url:
        content = await LOCAL.download(Errand(url=url, most=MOST))

    assert content == b"\x1f\x8bnot unpacked"
    assert "accept-encoding" not in place.asked[0].headers


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        (Answered(404), NotGivenError),
        (Answered(401), NotGivenError),
        (Answered(204), NotGivenError),
        (Answered(cut=True), CutShortError),
        (Answered(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), CutShortError),
    ],
)
async def test_what_is_no_file_is_named(answered: Answered, error: type[DownloadError]) -> None:
    place = Place(lambda _: answered)
    async with serving(place.answer) as url:
        with pytest.raises(error):
            await LOCAL.download(Errand(url=url, most=MOST))
