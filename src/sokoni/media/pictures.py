"""Has pictures made plain by another process, so that none of them holds up or harms this one."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
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
        # Isolated, and without our environment: it needs none of our secrets.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_PROGRAM), *self._arguments),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(_SECONDS):
                answer, _ = await process.communicate(content)
        except TimeoutError:
            return b""
        finally:
            await _ended(process)
        return answer if process.returncode == 0 else b""


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
