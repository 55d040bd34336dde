"""By which ways merchants send codes, read from their rows and kept in memory."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import structlog
from pydantic import ValidationError
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.connectors.codes import CodeWay, Watched
from sokoni.db.engine import READING
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import CodeAccount
from sokoni.verification.registry import Registry, Surroundings, WayUnknownNameError

PLACE: Final = "code_accounts.config"
_OK: Final = "ok"
_log = structlog.get_logger(__name__)


class CodeWays(Protocol):
    """How merchants send codes."""

    def of(self, merchant_id: MerchantId) -> Sequence[CodeWay]:
        """Return the merchant's ways, the one to be tried first in front."""


class WayBook:
    """Finds ways. `refresh` reads all rows anew, as for channel accounts."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Vault,
        registry: Registry,
        surroundings: Surroundings,
        *,
        production: bool = False,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._registry = registry
        self._surroundings = surroundings
        self._production = production
        self._opened: dict[Any, tuple[bytes, CodeWay]] = {}
        self._by_merchant: Mapping[MerchantId, Sequence[CodeWay]] = {}

    def of(self, merchant_id: MerchantId) -> Sequence[CodeWay]:
        return self._by_merchant.get(merchant_id, ())

    async def look(self) -> Mapping[str, str]:
        """Return how the services are that merchants' codes depend on: a line for each kind."""
        there = {
            (way.name, way.place): way
            for ways in self._by_merchant.values()
            for way in ways
            if isinstance(way, Watched)
        }
        said = await asyncio.gather(*(way.health() for way in there.values()))
        states: dict[str, list[str]] = defaultdict(list)
        for (name, _), state in zip(there, said, strict=True):
            states[name.replace("_", " ")].append(state)
        return {name: _line(each) for name, each in states.items()}

    async def refresh(self) -> None:
        """Read all rows; one that did not change keeps its way."""
        used = select(CodeAccount.__table__).where(CodeAccount.paused_reason == "")
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            rows = (await connection.execute(used.order_by(CodeAccount.place))).all()
        found: dict[MerchantId, list[CodeWay]] = defaultdict(list)
        for row in rows:
            way = self._way(row)
            if way is not None:
                found[row.merchant_id].append(way)
        self._by_merchant = found

    def _way(self, row: Row[Any]) -> CodeWay | None:
        """Return the way as it was opened before, while its row did not change."""
        before = self._opened.get(row.id)
        if before is not None and before[0] == row.config:
            return before[1]
        way = self._connected(row)
        if way is not None:
            self._opened[row.id] = (row.config, way)
        return way

    def _connected(self, row: Row[Any]) -> CodeWay | None:
        """Open the row. One that cannot be read must not take the others with it."""
        try:
            adapter = self._registry.get(row.way)
            if self._production and adapter.development_only:
                _log.error("code_way_refused", way=row.way, reason="never in production")
                return None
            sealed = self._vault.open(PLACE, row.id, row.config)
            config = adapter.config.model_validate_json(sealed)
            return adapter.connect(config, self._surroundings)
        except (ValidationError, WayUnknownNameError, KeyUnknownError, TamperedError) as error:
            # Not the error's text: pydantic repeats the value, which may be a secret.
            _log.error("code_way_unusable", account=str(row.id), error=type(error).__name__)
            return None


def _line(states: Sequence[str]) -> str:
    """Say of several how many are away, and why the first is."""
    away = [state for state in states if state != _OK]
    if not away:
        return _OK
    return away[0] if len(states) == 1 else f"{len(away)} of {len(states)} {away[0]}"
