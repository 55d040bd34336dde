"""The server's secret keys: from the environment, in development made once beside the database."""

import os
from pathlib import Path
from typing import Final, Protocol

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.engine import READING
from sokoni.db.facts import INDEX_KEY, NEXT_INDEX_KEY, SEALING_KEY, all_facts, state_once
from sokoni.db.vault import Vault, key_id, new_key, parse_keys
from sokoni.errors import AppError

_FEWEST_DISTINCT_BYTES: Final = 12
"""Of 32 random bytes, about 30 differ; a key typed or copied from an example has far fewer."""


class KeysError(AppError):
    """The server must not start with these keys. The message says what to do."""

    code = "secret_keys"
    http_status = 500


class KeySettings(Protocol):
    """The part of the settings that keys come from."""

    @property
    def secret_keys(self) -> SecretStr: ...
    @property
    def key_file(self) -> Path: ...
    @property
    def production(self) -> bool: ...


def load_keys(settings: KeySettings) -> tuple[bytes, ...]:
    """Return the keys, newest first; in development make one where there is none yet."""
    text = settings.secret_keys.get_secret_value().strip()
    if not text and settings.production:
        raise KeysError(
            "SOKONI_SECRET_KEYS is empty. Production needs at least one key of 32 random bytes "
            "in base64url, and a copy of it kept where the database's backups are not."
        )
    return _parsed(text or _own_keys(settings.key_file), production=settings.production)


def _parsed(text: str, *, production: bool) -> tuple[bytes, ...]:
    try:
        keys = parse_keys(text)
    except ValueError as error:
        raise KeysError(
            "SOKONI_SECRET_KEYS cannot be read: keys of 32 bytes in base64url, "
            "separated by commas, newest first."
        ) from error
    if production and any(guessable(key) for key in keys):
        raise KeysError("SOKONI_SECRET_KEYS holds a key that is not random. Make a new one.")
    return keys


def guessable(key: bytes) -> bool:
    """Tell whether the key is one that no random generator made."""
    return len(set(key)) < _FEWEST_DISTINCT_BYTES


def _own_keys(path: Path) -> str:
    if not path.exists():
        _write_once(path, new_key())
    return path.read_text("ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all, so that two servers starting at once share a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        draft.write_text(f"{text}\n", "ascii")
        path.hardlink_to(draft)
    except FileExistsError:
        return  # the other server was first: its key counts
    finally:
        draft.unlink()


async def open_vault(engine: AsyncEngine, settings: KeySettings) -> Vault:
    """Return the vault of this database, or raise `KeysError` where its keys are not at hand.

    The first key ever used becomes the index key; later starts find it by its id.
    """
    keys = load_keys(settings)
    newest = key_id(keys[0]).hex()
    by_id = {key_id(key).hex(): key for key in keys}
    facts = await _facts(engine)
    if INDEX_KEY not in facts:
        facts = await _stated(engine, INDEX_KEY, newest)
    check_keys(facts, set(by_id))
    if SEALING_KEY + newest not in facts:
        await _stated(engine, SEALING_KEY + newest, newest)
    return Vault(keys, by_id[facts[INDEX_KEY]])


async def _facts(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as connection:
        return await all_facts(await connection.execution_options(**{READING: True}))


async def _stated(engine: AsyncEngine, name: str, value: str) -> dict[str, str]:
    async with engine.begin() as connection:
        await state_once(connection, name, value)
        return await all_facts(connection)


def check_keys(facts: dict[str, str], present: set[str]) -> None:
    """Refuse a list of keys that lacks one in use, and a database half-way between two."""
    index = facts[INDEX_KEY]
    if index not in present:
        raise KeysError(
            f"The look-ups of this database are under the key with the id {index}, which is "
            "missing from SOKONI_SECRET_KEYS (or, in development, the key file beside the "
            "database). Put it back at the end of the list; `sokoni keys reindex` moves the "
            "look-ups to the first key."
        )
    lost = {fact.removeprefix(SEALING_KEY) for fact in facts if fact.startswith(SEALING_KEY)}
    if missing := sorted(lost - present):
        raise KeysError(
            f"Rows of this database are encrypted under keys missing from SOKONI_SECRET_KEYS "
            f"(ids {', '.join(missing)}). Put them back at the end of the list."
        )
    if NEXT_INDEX_KEY in facts:
        raise KeysError("A reindexing was begun and not finished: run `sokoni keys reindex`.")
