"""Secret keys: where they come from, and when the server refuses to start."""

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.keys import KeysError, load_keys, open_vault
from sokoni.db.vault import new_key, parse_keys
from tests.conftest import THREE


@dataclass(frozen=True)
class Keys:
    key_file: Path
    secret_keys: SecretStr
    production: bool


def keys(tmp_path: Path, *given: str, production: bool = False) -> Keys:
    return Keys(tmp_path / "sokoni.keys", SecretStr(",".join(given)), production)


def test_development_makes_a_key_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = load_keys(keys(tmp_path))

    second = load_keys(keys(tmp_path))

    assert first == second
    assert stat.S_IMODE((tmp_path / "sokoni.keys").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["sokoni.keys"]


def test_keys_of_the_environment_come_before_the_file(tmp_path: Path) -> None:
    given = new_key()

    assert load_keys(keys(tmp_path, given)) == parse_keys(given)
    assert not (tmp_path / "sokoni.keys").exists()


def test_production_makes_no_key_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="SOKONI_SECRET_KEYS is empty"):
        load_keys(keys(tmp_path, production=True))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["short", "A" * 43, "not base64 at all!"])
def test_production_refuses_a_key_that_is_none(tmp_path: Path, given: str) -> None:
    with pytest.raises(KeysError) as caught:
        load_keys(keys(tmp_path, given, production=True))

    assert given not in str(caught.value)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_hashes_stay_findable_while_keys_rotate(engine: AsyncEngine, tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    before = (await open_vault(engine, keys(tmp_path, old))).hash("phone", "+263771000001")

    rotated = await open_vault(engine, keys(tmp_path, new, old))

    assert rotated.hash("phone", "+263771000001") == before


async def test_the_index_key_may_not_be_dropped(engine: AsyncEngine, tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    await open_vault(engine, keys(tmp_path, old))

    with pytest.raises(KeysError, match="Put it back at the end of the list"):
        await open_vault(engine, keys(tmp_path, new))

    await open_vault(engine, keys(tmp_path, old))


async def test_a_key_that_sealed_values_may_not_be_dropped(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    first, second = new_key(), new_key()
    await open_vault(engine, keys(tmp_path, first))
    await open_vault(engine, keys(tmp_path, second, first))

    with pytest.raises(KeysError, match="encrypted under keys missing"):
        await open_vault(engine, keys(tmp_path, first))
