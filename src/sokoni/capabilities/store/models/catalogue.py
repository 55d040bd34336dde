"""What is sold: categories, products, their variants and pictures.

Names and descriptions are JSON by language: `{"en": "Ground coffee"}`. Searching is the affair of
the room `search`; nothing is filtered by them here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NewType
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import new_id

CategoryId = NewType("CategoryId", UUID)
ProductId = NewType("ProductId", UUID)
VariantId = NewType("VariantId", UUID)
PictureId = NewType("PictureId", UUID)


class Category(MerchantScoped, Base):
    """A shelf of the shop. Categories are a tree; a path says where: `drinks/coffee`."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("merchant_id", "path"),)

    id: Mapped[CategoryId] = mapped_column(Uuid, primary_key=True, default=new_id)
    parent_id: Mapped[CategoryId | None] = mapped_column(
        Uuid, ForeignKey("categories.id"), index=True
    )
    path: Mapped[str] = mapped_column(Exact(160))
    names: Mapped[Mapping[str, str]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(Integer, default=0)


class Product(MerchantScoped, Base):
    """Something that is sold, in one variant or several."""

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("merchant_id", "sku"),
        Index("ix_products_status", "merchant_id", "status", "id"),
    )

    id: Mapped[ProductId] = mapped_column(Uuid, primary_key=True, default=new_id)
    sku: Mapped[str] = mapped_column(Exact(64))
    """The merchant's own number of it, or a handle: the key of imports."""
    brand: Mapped[str] = mapped_column(String(80), default="")
    names: Mapped[Mapping[str, str]] = mapped_column(JSON)
    descriptions: Mapped[Mapping[str, str]] = mapped_column(JSON, default=dict)
    """Plain text: markup of imported files is taken out."""
    attributes: Mapped[Mapping[str, str]] = mapped_column(JSON, default=dict)
    """Facts about it by name: `{"roast": "dark"}`."""
    tags: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    options: Mapped[Mapping[str, Sequence[str]]] = mapped_column(JSON, default=dict)
    """What its variants differ in, with the values in order: `{"size": ["S", "M"]}`."""
    status: Mapped[str] = mapped_column(Exact(12))
    """A `catalogue.Status`."""
    sold: Mapped[int] = mapped_column(Integer, default=0)
    """Pieces ever sold: how popular it is."""
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProductCategory(Base):
    """A category that a product stands in."""

    __tablename__ = "product_categories"

    product_id: Mapped[ProductId] = mapped_column(Uuid, ForeignKey(Product.id), primary_key=True)
    category_id: Mapped[CategoryId] = mapped_column(
        Uuid, ForeignKey(Category.id), primary_key=True, index=True
    )
    merchant_id: Mapped[UUID] = mapped_column(Uuid)


class Variant(MerchantScoped, Base):
    """What is put in a cart: one size and colour of a product. A plain product has one."""

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("merchant_id", "sku"),
        Index("ix_variants_product_id", "product_id", "position"),
    )

    id: Mapped[VariantId] = mapped_column(Uuid, primary_key=True, default=new_id)
    product_id: Mapped[ProductId] = mapped_column(Uuid, ForeignKey(Product.id))
    sku: Mapped[str] = mapped_column(Exact(64))
    options: Mapped[Mapping[str, str]] = mapped_column(JSON, default=dict)
    """Its value of each of the product's options; {} where it is the only one."""
    price: Mapped[Decimal] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(Exact(3))
    compare_at: Mapped[Decimal | None] = mapped_column(Thousandths)
    """What it cost before, shown beside the price."""
    weight_grams: Mapped[int] = mapped_column(Integer, default=0)
    on_hand: Mapped[int | None] = mapped_column(Integer)
    """Pieces in the shop; None: not counted, always to be had."""
    reserved: Mapped[int] = mapped_column(Integer, default=0)
    """Pieces of `on_hand` that are promised to orders not yet paid (`reservations`)."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """No longer sold; orders still name it."""

    @property
    def left(self) -> int | None:
        """Pieces that nobody was promised, None where they are not counted."""
        return None if self.on_hand is None else max(self.on_hand - self.reserved, 0)


class ProductPicture(MerchantScoped, Base):
    """A picture of a product, the first at position 0."""

    __tablename__ = "product_pictures"
    __table_args__ = (Index("ix_product_pictures_product_id", "product_id", "position"),)

    id: Mapped[PictureId] = mapped_column(Uuid, primary_key=True, default=new_id)
    product_id: Mapped[ProductId] = mapped_column(Uuid, ForeignKey(Product.id))
    variant_id: Mapped[VariantId | None] = mapped_column(Uuid)
    """Of which variant, where it shows one of them."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    url: Mapped[str] = mapped_column(String(2000), default="")
    """A public address, or "" where it is a file of ours."""
    file_id: Mapped[str] = mapped_column(Exact(64), default="")
    """A `media.references.FileRef`'s id."""
