"""Papers to keep, such as receipts, whose library is imported for the first: it costs 33 MB."""

from collections.abc import Sequence
from datetime import datetime
from pkgutil import resolve_name
from typing import Final, Protocol, cast

_PDF: Final = "sokoni.media.pdf:PdfPaper"


class Paper(Protocol):
    """A paper, written from the top."""

    def heading(self, text: str) -> None: ...

    def line(self, text: str, *, bold: bool = False, grey: bool = False) -> None:
        """Write a line, or several where it is long."""

    def space(self) -> None: ...

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Write rows below their heads, the first column wide and the others of figures."""

    def sums(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write names and amounts beside each other, the last of them bold."""

    def bytes(self) -> bytes:
        """Return the PDF: the same for the same content."""
        ...


def open_paper(title: str, at: datetime, *, rightwards: bool = True) -> Paper:
    """Return an empty paper, which says that it was made at `at`.

    `rightwards` is False for Arabic. The first one of a process takes a third of a second.
    """
    return cast("Paper", resolve_name(_PDF)(title, at, rightwards=rightwards))
