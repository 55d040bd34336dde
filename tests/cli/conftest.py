"""Runs commands the way a person does, on an installation of the test's own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sokoni.__main__ import main


@dataclass(frozen=True)
class Printed:
    """What a command said, and its exit code."""

    out: str
    err: str
    code: int


Run = Callable[..., Printed]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an installation that nobody has used yet."""
    for name in ("ENV", "REDIS_URL", "SECRET_KEYS", "PUBLIC_URL", "LOG_LEVEL"):
        monkeypatch.delenv(f"SOKONI_{name}", raising=False)
    monkeypatch.setenv("SOKONI_DATABASE_URL", f"sqlite:///{tmp_path}/sokoni.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `sokoni …` in this process, so that its exit code and words can be looked at."""
    assert home.is_dir()

    def sokoni(*arguments: object) -> Printed:
        monkeypatch.setattr("sys.argv", ["sokoni", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Printed(said.out, said.err, int(ended.value.code or 0))

    return sokoni
