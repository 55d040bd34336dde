"""The demo shop has pictures: hung up when it is loaded, and anew when it is loaded anew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import App, kinds, running
from sokoni.capabilities.store.models.catalogue import Product, ProductPicture, Variant
from sokoni.config import Settings
from sokoni.demo.merchants import load_demo
from sokoni.media.models import MediaId, StoredFile
from sokoni.testing.databases import create_tables

FILE = """\
merchant: kiosk
name: Kiosk
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities: {store: {}}
channels: [{channel: simulator, merchant: kiosk}]
"""
DATA = """\
store:
  categories: [{id: drinks, names: {en: Drinks}}]
  products:
    - {sku: TEA, names: {en: Tea}, categories: [drinks], price: "2.00"}
    - sku: MUG
      names: {en: Mug}
      categories: [drinks]
      options: {size: [S, L], colour: [red, blue]}
      variants:
        - {sku: MUG-1, options: {size: S, colour: red}, price: "3.00"}
        - {sku: MUG-2, options: {size: L, colour: red}, price: "3.00"}
        - {sku: MUG-3, options: {size: S, colour: blue}, price: "3.00"}
"""


@asynccontextmanager
async def kiosk(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    (tmp_path / "kiosk.yaml").write_text(FILE)
    (tmp_path / "kiosk.data.yaml").write_text(DATA)
    await create_tables(database_url)
    settings = Settings(database_url=database_url, media_dir=tmp_path / "media")
    async with running(settings) as app:
        yield app


async def load(app: App, folder: Path, *, fresh: bool = False) -> None:
    known, uploader = kinds(production=False), app.media.uploader
    await load_demo(app, known, ["kiosk"], fresh=fresh, folder=folder, uploader=uploader)


async def hung(app: App) -> dict[str, list[tuple[str | None, str]]]:
    """Return by product the SKUs of what its pictures show, and the files."""
    rows = (
        select(Product.sku, Variant.sku, ProductPicture.file_id)
        .join(Product, Product.id == ProductPicture.product_id)
        .outerjoin(Variant, Variant.id == ProductPicture.variant_id)
        .order_by(Product.sku, ProductPicture.position)
    )
    found: dict[str, list[tuple[str | None, str]]] = {}
    async with AsyncSession(app.engine) as session:
        for product, variant, file in await session.execute(rows):
            found.setdefault(product, []).append((variant, file))
    return found


async def test_each_colour_has_a_picture_that_stays(database_url: str, tmp_path: Path) -> None:
    async with kiosk(database_url, tmp_path) as app:
        await load(app, tmp_path)
        first = await hung(app)
        await load(app, tmp_path)

        assert await hung(app) == first
        (tea,) = first["TEA"]
        assert tea[0] is None
        (one, red), (two, same), (three, blue) = first["MUG"]
        assert [one, two, three] == ["MUG-1", "MUG-2", "MUG-3"]
        assert red == same != blue
        content = await app.media.archive.content(MediaId(UUID(red)))
        assert content is not None
        assert content.startswith(b"\xff\xd8")
        async with AsyncSession(app.engine) as session:
            ending = select(func.count()).where(StoredFile.expires_at.is_not(None))
            assert await session.scalar(ending) == 0


async def test_loaded_anew_it_has_the_same_pictures(database_url: str, tmp_path: Path) -> None:
    async with kiosk(database_url, tmp_path) as app:
        await load(app, tmp_path)
        first = await hung(app)

        await load(app, tmp_path, fresh=True)

        assert await hung(app) == first
