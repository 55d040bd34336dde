"""Pictures of products: at public addresses, and files of the merchant's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    PictureId,
    Product,
    ProductPicture,
    VariantId,
)
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId, new_id
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.shelf import Shelf


class PictureUnknownError(AppError):
    """The product has no such picture."""

    code = "picture_unknown"
    http_status = 404


class ProductPictures:
    """One merchant's."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._shelf = Shelf(session, merchant_id)

    async def add(self, product: Product, url: str, variant_id: VariantId | None) -> None:
        """Show the picture behind those that are there; the same one once."""
        await self._add(product, url, "", variant_id)

    async def add_file(
        self, product: Product, file: FileRef, variant_id: VariantId | None
    ) -> None:
        """Show a file behind the pictures that are there; raise `FileGoneError` without one."""
        await self._shelf.keep(file, self._now)
        await self._add(product, "", file.id.hex, variant_id)

    async def _add(
        self, product: Product, url: str, file_id: str, variant_id: VariantId | None
    ) -> None:
        scope = Catalogue(self._session, self._merchant_id, self._now)
        there = (await scope.pictures_of([product.id])).get(product.id, ())
        new = (url, file_id, variant_id)
        if any((one.url, one.file_id, one.variant_id) == new for one in there):
            return
        picture = ProductPicture(
            id=PictureId(new_id()),
            merchant_id=self._merchant_id,
            product_id=product.id,
            variant_id=variant_id,
            position=max((one.position for one in there), default=-1) + 1,
            url=url,
            file_id=file_id,
        )
        self._session.add(picture)
        await self._changed(product)

    async def remove(self, product: Product, picture_id: PictureId) -> None:
        """Show the picture no longer, or raise `PictureUnknownError`."""
        its = select(ProductPicture).where(
            ProductPicture.merchant_id == self._merchant_id,
            ProductPicture.product_id == product.id,
            ProductPicture.id == picture_id,
        )
        picture = await self._session.scalar(its)
        if picture is None:
            raise PictureUnknownError(str(picture_id))
        await self._session.delete(picture)
        await self._changed(product)
        await self._let_go(picture.file_id)

    async def _let_go(self, file_id: str) -> None:
        """Have a file deleted that no product shows any more."""
        shown = select(ProductPicture.id).where(
            ProductPicture.merchant_id == self._merchant_id, ProductPicture.file_id == file_id
        )
        if file_id and await self._session.scalar(shown.limit(1)) is None:
            await self._shelf.release(MediaId(UUID(file_id)), self._now)

    async def _changed(self, product: Product) -> None:
        product.version += 1
        product.updated_at = self._now
        await self._session.flush()
