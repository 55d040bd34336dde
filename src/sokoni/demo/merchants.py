"""Loads the demo merchants, and loads one anew."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any, Final, Protocol

import yaml
from pydantic import ValidationError
from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.base import Base
from sokoni.db.vault import Vault
from sokoni.demo.loading import DemoDataError, Hanging, Loading
from sokoni.dialogue.manifest import Capability
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.media.archive import erase_all
from sokoni.media.models import StoredFile
from sokoni.media.uploading import Uploader
from sokoni.merchants.directory import profile_of
from sokoni.merchants.file import Kinds, MerchantFile, read_merchant_file
from sokoni.merchants.lines import SAFE_LOADER
from sokoni.merchants.models import ApiKey, ChannelAccount, Merchant, Staff
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import Merchants
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.messaging.models import Template

FOLDER: Final = Path(__file__).parent
_DATA: Final = ".data.yaml"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_KEPT: Final = {
    one.__tablename__ for one in (Merchant, ChannelAccount, Staff, ApiKey, Template, StoredFile)
}


class Installation(Protocol):
    """The parts that loading needs; the running App has them."""

    @property
    def engine(self) -> AsyncEngine: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def capabilities(self) -> Mapping[str, Capability]: ...


def demo_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the ids of the demo merchants that are shipped."""
    files = (path.name for path in folder.glob("*.yaml") if not path.name.endswith(_DATA))
    return tuple(sorted(name.removesuffix(".yaml") for name in files))


async def load_demo(  # noqa: PLR0913 -- every option has its usual value
    app: Installation,
    kinds: Kinds,
    names: Iterable[str] = (),
    *,
    fresh: bool = False,
    folder: Path = FOLDER,
    uploader: Uploader | None = None,
    variables: Mapping[str, str] = _NOTHING,
) -> list[str]:
    """Load the demo merchants that are named, all where none is; return whose data was loaded.

    Data is loaded once, with the merchant. `fresh` deletes what it has and loads it anew. With an
    `uploader`, what was loaded and can be seen gets a picture. `variables` fill in the files'
    `${NAMES}`.
    """
    loaded = []
    for name in tuple(names) or demo_names(folder):
        async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
            file = _read(folder / f"{name}.yaml", kinds, variables)
            if await _load(app, file, session, folder / f"{name}{_DATA}", fresh=fresh):
                loaded.append(name)
        if uploader is not None and name in loaded:
            await _hang(app, uploader, folder / f"{name}.yaml")
    return loaded


async def _hang(app: Installation, uploader: Uploader, path: Path) -> None:
    async with AsyncSession(app.engine) as session:
        merchant = profile_of(await Merchants(session, app.vault, app.clock).get(path.stem))
    hanging = Hanging(engine=app.engine, merchant=merchant, clock=app.clock, uploader=uploader)
    # Loaded afresh, it hangs up the same pictures as before.
    await uploader.clear(app.clock())
    data = read_data(path.with_name(path.stem + _DATA))
    for name in merchant.capabilities:
        hang = app.capabilities[name].hang_demo
        if hang:
            await resolve_name(hang)(hanging, data.get(name) or {})


async def _load(
    app: Installation, file: MerchantFile, session: AsyncSession, data: Path, *, fresh: bool
) -> bool:
    merchants = Merchants(session, app.vault, app.clock)
    known = await merchants.find(file.said.merchant)
    if known is not None and not fresh:
        # What was changed since by `sokoni merchant apply` stays.
        return False
    if known is not None:
        await delete_data(session, known.id)
        # Their rows lead to what lies in the store: the sweep deletes both.
        await erase_all(session, known.id, app.clock())
    await apply_merchant_file(session, app.vault, app.clock, file)
    profile = profile_of(await merchants.get(file.said.merchant))
    await _load_data(app, session, profile, data)
    return True


def _read(path: Path, kinds: Kinds, variables: Mapping[str, str]) -> MerchantFile:
    if not path.exists():
        known = ", ".join(demo_names(path.parent))
        raise DemoDataError(f"There is no demo merchant {path.stem}; there is: {known}")
    return read_merchant_file(path.read_text("utf-8"), kinds, variables, source=path.name)


async def _load_data(
    app: Installation, session: AsyncSession, merchant: MerchantProfile, path: Path
) -> None:
    data = read_data(path)
    loading = Loading(session=session, vault=app.vault, merchant=merchant, clock=app.clock)
    for name in merchant.capabilities:
        load = app.capabilities[name].load_demo
        if load is not None:
            try:
                await load(loading, data.get(name) or {})
            except ValidationError as error:
                raise DemoDataError(f"{path.name}: {error}") from error
    await session.flush()


def read_data(path: Path) -> Mapping[str, Any]:
    """Return a demo data file: capability name to what it loads."""
    if not path.exists():
        return {}
    content = yaml.load(path.read_text("utf-8"), Loader=SAFE_LOADER)  # noqa: S506
    return content if isinstance(content, dict) else {}


async def delete_data(session: AsyncSession, merchant_id: MerchantId) -> None:
    """Delete all of a merchant's rows but those that its file declares, and its API keys."""
    for table in reversed(Base.metadata.sorted_tables):
        if _has_data(table):
            await session.execute(delete(table).where(table.c.merchant_id == merchant_id))


def _has_data(table: Table) -> bool:
    return "merchant_id" in table.c and table.name not in _KEPT
