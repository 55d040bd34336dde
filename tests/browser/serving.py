"""`sokoni up` as a process of its own, on SQLite, in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_READY_SECONDS = 60.0


@contextmanager
def server_in(folder: Path, **variables: str) -> Iterator[str]:
    """Run the server until the block ends; yield its address."""
    port = _free_port()
    log = folder / "server.log"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SOKONI_")}
    with (
        log.open("ab") as said,
        subprocess.Popen(  # noqa: S603 - our own server
            [sys.executable, "-m", "sokoni", "up", "--port", str(port)],
            cwd=folder,
            env={**kept, **variables},
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/health", timeout=5):  # noqa: S310 - our own server on loopback
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
