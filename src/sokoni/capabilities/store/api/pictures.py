"""Pictures of products, for programs."""

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query

from sokoni.capabilities.store.api.product_said import PictureSaid, ProductNamed
from sokoni.capabilities.store.api.product_shown import ProductShown, Showing
from sokoni.capabilities.store.api.products import product_named
from sokoni.capabilities.store.models.catalogue import PictureId, Product, VariantId
from sokoni.capabilities.store.service.catalogue import Catalogue, VariantUnknownError
from sokoni.capabilities.store.service.pictures import ProductPictures
from sokoni.web.behalf import Change, Changing, change_of
from sokoni.web.once import OnlyOnce
from sokoni.web.parts import Parts
from sokoni.web.principal import Writer

_CONTENT: Final = "The picture itself: JPEG, PNG, GIF or WebP."
VariantSaid = Annotated[
    str, Query(max_length=64, description="SKU of the variant that it shows; empty: the product.")
]

router = APIRouter(prefix="/products/{product}/pictures")


@router.post("", status_code=HTTPStatus.CREATED)
async def add(
    product: ProductNamed, said: PictureSaid, change: Changing, once: OnlyOnce
) -> ProductShown:
    """Show a picture of a product, or of one of its variants, behind those that are there."""

    async def act() -> ProductShown:
        found = await _get(change, product)
        variant_id = await _variant(change, found, said.variant) if said.variant else None
        await _pictures(change).add(found, said.url, variant_id)
        return await Showing(change.principal, change.parts, change.session).product(found)

    return await once.do(change, ProductShown, act)


@router.post("/files", status_code=HTTPStatus.CREATED)
async def upload(
    product: ProductNamed,
    principal: Writer,
    parts: Parts,
    content: Annotated[bytes, Body(media_type="image/jpeg", description=_CONTENT)],
    variant: VariantSaid = "",
) -> ProductShown:
    """Show a picture that comes with the request; the same bytes are the same picture."""
    file = await parts.upload(principal.merchant_id, content)
    async with change_of(principal, parts) as change:
        found = await _get(change, product)
        variant_id = await _variant(change, found, variant) if variant else None
        await _pictures(change).add_file(found, file, variant_id)
        return await Showing(principal, parts, change.session).product(found)


@router.delete("/{picture}", status_code=HTTPStatus.NO_CONTENT)
async def remove(
    product: ProductNamed, picture: Annotated[UUID, Path()], change: Changing
) -> None:
    """Show a picture no longer."""
    await _pictures(change).remove(await _get(change, product), PictureId(picture))


async def _get(change: Change, said: str) -> Product:
    return await product_named(change.session, change.principal.merchant_id, change.parts, said)


async def _variant(change: Change, product: Product, sku: str) -> VariantId:
    catalogue = Catalogue(change.session, change.principal.merchant_id, change.now)
    found = (await catalogue.variants_by_skus([sku])).get(sku)
    if found is None or found.product_id != product.id:
        raise VariantUnknownError(sku)
    return found.id


def _pictures(change: Change) -> ProductPictures:
    return ProductPictures(change.session, change.principal.merchant_id, change.now)
