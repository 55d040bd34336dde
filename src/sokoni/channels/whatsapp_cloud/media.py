"""Where the files are that contacts sent (reference/channels.md §2.7)."""

from typing import Final
from urllib.parse import quote

import msgspec

from sokoni.channels import errors, inbound
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.channels.whatsapp_cloud.payloads import FileAddress
from sokoni.kit.download import host_of
from sokoni.kit.http import HttpClient, Response, TransportError

_META: Final = frozenset({".facebook.com", ".fbsbx.com", ".fbcdn.net"})
"""Whose addresses Meta hands out for files; each of them asks for the token."""
_GONE: Final = frozenset({400, 404, 410})
_ADDRESS: Final = msgspec.json.Decoder(FileAddress, strict=False)


class Whereabouts:
    """Asks Meta for the address of a file; it is good for five minutes."""

    def __init__(self, config: WhatsAppCloudConfig, http: HttpClient) -> None:
        self._http = http
        self._url = f"{config.base_url}/{config.api_version}"
        self._query = f"phone_number_id={config.phone_number_id}"
        self._headers = {"authorization": config.headers["authorization"]}
        self._hosts = _META | {host_of(config.base_url)}

    async def of(self, medium: inbound.Medium) -> inbound.Located:
        url = f"{self._url}/{quote(medium.id, safe='')}?{self._query}"
        try:
            response = await self._http.request("GET", url, headers=self._headers)
        except TransportError as error:
            raise errors.MediumDelayedError(str(error)) from error
        told = _address(response)
        return inbound.Located(
            url=told.url,
            headers=self._headers,
            hosts=self._hosts,
            size=told.file_size,
        )


def _address(response: Response) -> FileAddress:
    if response.status in _GONE:
        raise errors.MediumGoneError(str(response.status))
    if response.status != 200:
        raise errors.MediumDelayedError(str(response.status))
    try:
        return _ADDRESS.decode(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise errors.MediumDelayedError("no address in the answer") from error
