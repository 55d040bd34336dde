"""An import that is killed goes on when the same file is taken again."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.kill
ROWS = 3000
PATIENCE = 120.0


def sokoni(env: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "sokoni", *words],
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(path: Path, table: str) -> int:
    # Names of our own tables.
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_a_killed_import_goes_on(tmp_path: Path) -> None:
    database, file = tmp_path / "shop.db", tmp_path / "products.csv"
    env = {**os.environ, "SOKONI_DATABASE_URL": f"sqlite:///{database}"}
    rows = "".join(f"P-{number},Thing {number},1.50,4\n" for number in range(ROWS))
    file.write_text("sku,name,price,stock\n" + rows, "utf-8")
    for command in ("db upgrade", "demo load corner-shop"):
        prepared = sokoni(env, *command.split())
        prepared.communicate(timeout=PATIENCE)
        assert prepared.returncode == 0
    there = count(database, "products")
    words = ("import", "products", str(file), "--merchant", "corner-shop")

    taken = []
    for wanted in (200, 900):
        running = sokoni(env, *words)
        until = time.monotonic() + PATIENCE
        while count(database, "products") < there + wanted and time.monotonic() < until:
            time.sleep(0.02)
        running.kill()
        running.communicate()
        taken.append(count(database, "products") - there)
    whole = sokoni(env, *words)
    said, complained = whole.communicate(timeout=PATIENCE)

    assert all(0 < one < ROWS for one in taken), taken
    assert all(one % 100 == 0 for one in taken), "a transaction is whole or not there"
    assert (whole.returncode, complained) == (0, "")
    left = ROWS - taken[-1]
    assert said == f"{ROWS} taken: {left} new, 0 changed, {taken[-1]} as they were.\n"
    assert count(database, "products") == there + ROWS
    kept = count(database, "search_documents")
    on_sale = count(database, "products WHERE status = 'active'")
    assert kept == on_sale
