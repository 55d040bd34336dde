"""The project's pages, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
_FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced piece of a page."""

    page: Path
    language: str
    text: str


def blocks(page: Path, language: str) -> list[Block]:
    """Return the page's fenced pieces in one language."""
    found = _FENCE.findall(page.read_text("utf-8"))
    return [Block(page, one, dedent(text)) for one, text in found if one == language]


def spans(page: Path) -> list[str]:
    """Return what stands between single backticks, outside fences."""
    return _SPAN.findall(_FENCE.sub("", page.read_text("utf-8")))


def shell_lines(page: Path) -> Iterator[str]:
    """Yield every command of the page: lines of its shell blocks, and spans that read like one."""
    for block in blocks(page, "sh"):
        text = block.text.replace("\\\n", " ")
        yield from (line.partition(" #")[0].strip() for line in text.splitlines())
    yield from spans(page)


def link_targets(page: Path) -> list[str]:
    """Return what the page links to beside the web."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    return [one for one in targets if "://" not in one]
