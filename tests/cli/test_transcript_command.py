"""`sokoni transcript check` as a person runs it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

START = "merchant: gokwe-market\nnow: 2026-03-02 09:00\nfresh\n@+263771000091\n"


def script(home: Path, name: str, text: str) -> Path:
    path = home / name
    path.write_text(START + text)
    return path


@pytest.mark.parametrize("channel", ["simulator", "whatsapp_cloud", "twilio_whatsapp"])
def test_what_goes_as_written_passes_and_leaves_nothing(
    run: Run, home: Path, channel: str
) -> None:
    path = script(home, "good.chat", "> menu\n<~ sell something\n")

    said = run("transcript", "check", path, "--channel", channel)

    assert (said.code, said.err) == (0, "")
    assert said.out.strip() == f"ok    {path} (6 steps)"
    assert [one.name for one in home.iterdir()] == ["good.chat"]


def test_a_mismatch_is_told_and_the_other_files_are_played(run: Run, home: Path) -> None:
    bad = script(home, "bad.chat", "> menu\n<~ buy a [bold]rocket\n")
    good = script(home, "good.chat", "> menu\n<~ sell\n")

    said = run("transcript", "check", bad, good)

    assert said.code == 1
    assert f"FAILED {bad}:6" in said.out
    assert "<~ buy a [bold]rocket" in said.out
    assert "+263771000091 > menu" in said.out
    assert "+263771000091 < Hello" in said.out or "+263771000091 < What" in said.out
    assert f"ok    {good}" in said.out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("> hi\n&~ alone\n", "bad.chat:6: an `&` line"),
        ("merchant: nobody\n@+1\n> hi\n", "There is no demo merchant nobody"),
    ],
)
def test_a_script_that_cannot_be_played_is_named(
    run: Run, home: Path, text: str, complaint: str
) -> None:
    path = script(home, "bad.chat", text)

    said = run("transcript", "check", path)

    assert said.code == 1
    assert complaint in said.out


def test_a_file_that_is_not_there_is_named(run: Run, home: Path) -> None:
    said = run("transcript", "check", home / "none.chat")

    assert said.code == 1
    assert "none.chat:0: cannot be read" in said.out
