"""What the commands print, and how they end."""

from typing import Final

from rich.console import Console

OUT: Final = Console(highlight=False)
ERR: Final = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    OUT.print(text, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    ERR.print(text, style="red", markup=False, soft_wrap=True)
