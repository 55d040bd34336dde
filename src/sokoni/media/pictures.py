"""Has pictures made plain by another process, so that none of them holds up or harms this one."""

import asyncio
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sokoni.media.errors import FileTooLargeError, FileTypeRefusedError

LONGEST_SIDE: Final = 1600
_AT_ONCE: Final = 2
_SECONDS: Final = 30.0
_PROGRAM: Final = Path(__file__).with_name("reencoding.py")


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without anything but what there is to see."""

    content: bytes
    width: int
    height: int


class Pictures:
    """A few at a time; each has a process of its own, which ends with it."""

    def __init__(self, *, most_pixels: int, longest_side: int = LONGEST_SIDE) -> None:
        self._arguments = (str(most_pixels), str(longest_side))
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def plain(self, content: bytes) -> Picture:
        """Return the picture made anew, or raise a `FileRefusedError`."""
        async with self._turn:
            answer = await self._answer(content)
        head, _, jpeg = answer.partition(b"\n")
        match head.split():
            case [b"picture", width, height]:
                return Picture(jpeg, int(width), int(height))
            case [b"too_large"]:
                raise FileTooLargeError("pixels")
            case _:
                # Nothing at all: it ended the process that looked at it, and would again.
                raise FileTypeRefusedError("no picture")

    async def _answer(self, content: bytes) -> bytes:
        begun: list[subprocess.Popen[bytes]] = []
        gone = threading.Event()
        asking = asyncio.create_task(asyncio.to_thread(self._asked, content, begun, gone))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # Nobody waits any more: whether it has begun or is about to, it ends.
            gone.set()
            for process in begun:
                process.kill()
            await asyncio.wait([asking])
            raise

    def _asked(
        self, content: bytes, begun: list[subprocess.Popen[bytes]], gone: threading.Event
    ) -> bytes:
        # Not by the loop: uvloop runs Python between fork and exec, where a lock that another
        # thread held stays shut. Then this process hangs, and so does the other, which keeps our
        # connections, with what is locked on them, for as long as it lives.
        with subprocess.Popen(  # noqa: S603 -- a program of ours
            # Isolated, and without our environment: it needs none of our secrets.
            (sys.executable, "-I", str(_PROGRAM), *self._arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        ) as process:
            begun.append(process)
            if gone.is_set():
                process.kill()
            try:
                answer, _ = process.communicate(content, _SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                return b""
        return answer if process.returncode == 0 else b""
