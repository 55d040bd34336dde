"""What is kept of documents to find them by; the indexes of each database are in `schema`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import MYSQL, Base, Exact, MerchantScoped
from sokoni.db.decimals import Thousandths
from sokoni.kit.ids import MerchantId
from sokoni.search.schema import keep_indexes

Number: Final = BigInteger().with_variant(Integer, "sqlite")
"""A key that counts up by itself: SQLite's only does where it is its row's own number."""
Long: Final = Text().with_variant(MEDIUMTEXT(), *sorted(MYSQL))


class SearchDocument(MerchantScoped, Base):
    """The words of one document, in the order of the text, and what a search filters by."""

    __tablename__ = "search_documents"
    __table_args__ = (
        UniqueConstraint("merchant_id", "shelf", "document_id"),
        Index("ix_search_documents_tier", "merchant_id", "shelf", "tier", "number"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    """Where SQLite searches, what is in demand has the higher numbers."""
    shelf: Mapped[str] = mapped_column(Exact(32))
    document_id: Mapped[UUID] = mapped_column(Uuid)
    names: Mapped[str] = mapped_column(Long)
    """The names' words, the names apart by `|`; behind `||` what is joined in them: `250g`."""
    words: Mapped[str] = mapped_column(Long)
    body: Mapped[str] = mapped_column(Long)
    marks: Mapped[str] = mapped_column(Long)
    """What may be asked for that is no word: see `marks`."""
    vector: Mapped[str | None] = mapped_column(
        Text().with_variant(TSVECTOR(), "postgresql"), deferred=True
    )
    """All of them as PostgreSQL indexes them, empty elsewhere."""
    facets: Mapped[str] = mapped_column(Long)
    """A line for each value, with the name of its facet before it."""
    price: Mapped[Decimal | None] = mapped_column(Thousandths)
    currency: Mapped[str] = mapped_column(Exact(3))
    in_stock: Mapped[bool]
    popularity: Mapped[int]
    tier: Mapped[int] = mapped_column(SmallInteger)
    """How much it is in demand, roughly: where too many fit, the upper ones are looked at."""
    digest: Mapped[str] = mapped_column(Exact(32))


class SearchToken(Base):
    """A word of a document, where the database has no full text index that we can use."""

    __tablename__ = "search_tokens"
    __table_args__ = (Index("ix_search_tokens_number", "number"),)

    merchant_id: Mapped[MerchantId] = mapped_column(Uuid, primary_key=True)
    shelf: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    token: Mapped[str] = mapped_column(Exact(40), primary_key=True)
    tier: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SearchTerm(MerchantScoped, Base):
    """A word that stands or stood in names: what a misspelt one may have been meant to be."""

    __tablename__ = "search_terms"
    __table_args__ = (UniqueConstraint("merchant_id", "shelf", "term"),)

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    shelf: Mapped[str] = mapped_column(Exact(32))
    term: Mapped[str] = mapped_column(Exact(40))


class SearchMiss(Base):
    """What was looked for on one day and not found: words alone, nobody's name."""

    __tablename__ = "search_misses"

    merchant_id: Mapped[MerchantId] = mapped_column(Uuid, primary_key=True)
    shelf: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    words: Mapped[str] = mapped_column(Exact(80), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(Exact(8), primary_key=True, default="")
    """The one that was spoken; "": nobody knows."""
    count: Mapped[int]
    last_at: Mapped[datetime]


keep_indexes(cast("Table", SearchDocument.__table__), cast("Table", SearchTerm.__table__))
