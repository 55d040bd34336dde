"""`sokoni chat`: the same conversation, in a terminal."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.browser


def chat(
    server: str, *lines: str, merchant: str = "gokwe-market"
) -> subprocess.CompletedProcess[str]:
    """Type these lines and end the input; return what the terminal showed."""
    return subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "sokoni", "chat", merchant),
            *("--phone", "+263771200001", "--url", server),
        ],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )


def test_a_menu_is_shown_with_numbers_and_one_is_taken(server: str) -> None:
    shown = chat(server, "menu")
    taken = chat(server, "4")

    assert shown.returncode == 0, shown.stderr
    assert "What would you like to do?" in shown.stdout
    assert "4. Join as a seller" in shown.stdout
    assert "your name" in taken.stdout


def test_a_merchant_that_cannot_be_simulated_is_named(server: str) -> None:
    ended = chat(server, "menu", merchant="nobody")

    assert ended.returncode == 1
    assert "nobody" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
