"""What is in the repository would work, and say the same, on any machine."""

import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

MACHINE_PATH: Final = re.compile(r"(?:^|[^\w./<-])/(?:work|root|farm|tmp|Users|home/\w+)/")
INDEX_ADDRESS: Final = re.compile(
    r"index-url|find-links|://[\w.-]*pypi|trusted-host|\bregistry\s*=\s*\"http"
)
PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bEAA[A-Za-z0-9]{80,}")
FORBIDDEN: Final = {
    "a path of one machine": MACHINE_PATH,
    "the address of a package index": INDEX_ADDRESS,
    "a credential": PRIVATE_KEY,
}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git clone")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return []  # a picture, or a file that is being removed


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_contains(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(lines(path), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of one machine", "open('/" + "home/ann/notes')"),
        ("a path of one machine", "cd /" + "root/project"),
        ("the address of a package index", "--extra-index" + "-url file:x"),
        ("a credential", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    ],
)
def test_each_rule_finds_what_it_forbids(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


def test_the_lock_file_names_versions_alone() -> None:
    pins = [line for line in lines(ROOT / "requirements.lock") if not line.startswith("#")]

    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []


def test_every_dependency_is_in_the_lock_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    asked = {_plain(re.split(r"[\[>=<~]", one)[0]) for one in wanted}
    locked = {_plain(line.partition("==")[0]) for line in lines(ROOT / "requirements.lock")}

    assert asked - locked == set()


def test_every_dependency_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[\[>=<~]", one)[0] for one in project["dependencies"]}
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))
    offered = packages_distributions()

    used = {_plain(name) for module in imported for name in offered.get(module, ())}

    # SQLAlchemy is told the one by name, one is for machines without time zones, and fpdf2 shapes
    # text with the last where it is there.
    assert {_plain(one) for one in wanted} - used == {"asyncmy", "tzdata", "uharfbuzz"}


def _plain(name: str) -> str:
    return name.replace("_", "-").lower()


def test_no_database_key_or_environment_file_is_tracked() -> None:
    forbidden = {".db", ".keys", ".env", ".pem"}

    assert [path for path in tracked() if path.suffix in forbidden or path.name == ".env"] == []
