"""Sends nothing: the code is shown as an SMS in the simulator. Never in production."""

from typing import ClassVar

from sokoni.connectors.codes import CodeUnknownError, Sending, Sent, Verdict, WayConfig
from sokoni.kit.ids import PhoneNumber


class SandboxConfig(WayConfig):
    """There is nothing to fill in."""


class SandboxWay:
    """Has the message shown to whoever asked, which proves nothing of a number."""

    name: ClassVar[str] = "sandbox"
    checks = False
    keyed = False

    async def send(self, sending: Sending) -> Sent:  # noqa: ARG002 -- the contract's
        return Sent(shown=True)

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:  # noqa: ARG002
        raise CodeUnknownError("checks nothing")
