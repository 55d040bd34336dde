"""Hangs up the demo shop's pictures: drawings, one for each colour that a product comes in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.demo import DemoData, DemoProduct
from sokoni.capabilities.store.models.catalogue import (
    PictureId,
    Product,
    ProductId,
    ProductPicture,
    Variant,
    VariantId,
)
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.db.engine import READING
from sokoni.demo.drawing.pictures import Subject, drawn
from sokoni.demo.loading import Hanging
from sokoni.kit.ids import new_id
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.shelf import Shelf

_COLOUR: Final = "colour"
_NOT_YET: Final = FileRef(MediaId(UUID(int=0)), "")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is to be drawn, and then hung up."""

    product: Product
    subject: Subject
    variants: Sequence[VariantId]
    """Those of its colour; none: it shows the product."""
    file: FileRef = _NOT_YET


async def hang_demo(hanging: Hanging, data: Mapping[str, Any]) -> None:
    """Draw what the demo file names and nobody gave a picture."""
    said = {one.sku: one for one in DemoData.model_validate(data).products}
    engine = hanging.engine.execution_options(**{READING: True})
    async with AsyncSession(engine, expire_on_commit=False) as session:
        wanted = await _empty(hanging, session, said)
    pictures = (drawn(one.subject) for one in wanted)
    files = await hanging.uploader.drawn(hanging.merchant.id, pictures)
    frames = [replace(one, file=file) for one, file in zip(wanted, files, strict=True)]
    async with AsyncSession(hanging.engine) as session, session.begin():
        shelf = Shelf(session, hanging.merchant.id)
        for frame in frames:
            await shelf.keep(frame.file, hanging.clock())
        session.add_all(_hung(frames))


def _hung(frames: Sequence[_Frame]) -> Iterator[ProductPicture]:
    positions: Counter[ProductId] = Counter()
    for frame in frames:
        for variant_id in frame.variants or (None,):
            yield ProductPicture(
                id=PictureId(new_id()),
                merchant_id=frame.product.merchant_id,
                product_id=frame.product.id,
                variant_id=variant_id,
                position=positions[frame.product.id],
                url="",
                file_id=frame.file.id.hex,
            )
            positions[frame.product.id] += 1


async def _empty(
    hanging: Hanging, session: AsyncSession, said: Mapping[str, DemoProduct]
) -> list[_Frame]:
    catalogue = Catalogue(session, hanging.merchant.id, hanging.clock())
    products = await catalogue.by_skus(said)
    pictures = await catalogue.pictures_of([one.id for one in products.values()])
    bare = [one for one in products.values() if not pictures.get(one.id)]
    variants = await catalogue.variants_of([one.id for one in bare])
    return [
        frame
        for one in sorted(bare, key=lambda one: one.sku)
        for frame in _frames(one, said[one.sku], variants.get(one.id, ()))
    ]


def _frames(product: Product, said: DemoProduct, variants: Sequence[Variant]) -> Iterator[_Frame]:
    for colour in product.options.get(_COLOUR) or [""]:
        subject = Subject(
            name=said.names["en"],
            brand=said.brand,
            shelf=next(iter(said.categories), ""),
            colour=colour,
        )
        its = [one.id for one in variants if colour and one.options.get(_COLOUR) == colour]
        yield _Frame(product, subject, its)
