"""Tells how a transcript went, in words for the terminal."""

from collections.abc import Sequence
from textwrap import indent

from sokoni.testing.transcripts.playing import MismatchError, Spoken
from sokoni.testing.transcripts.steps import Script


def passed(script: Script) -> str:
    return f"ok    {script.file} ({len(script.steps)} steps)"


def mismatch(error: MismatchError) -> str:
    """Return file, line, what was expected and everything that was said."""
    return "\n".join(
        [
            f"FAILED {error.spot}",
            "  expected:",
            indent(error.expected, "    "),
            "  said:",
            *_said(error.said),
        ]
    )


def _said(said: Sequence[Spoken]) -> list[str]:
    return [_line(each) for each in said] or ["    (nothing)"]


def _line(spoken: Spoken) -> str:
    return f"    {spoken.who} {'>' if spoken.by_contact else '<'} {spoken.text}"
