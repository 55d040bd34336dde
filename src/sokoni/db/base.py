"""Declarative base and portable column types shared by every room."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, TypeDecorator, Uuid
from sqlalchemy.dialects.mysql import DATETIME, MEDIUMBLOB, VARCHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from sokoni.kit.ids import MerchantId

MYSQL: Final = frozenset({"mysql", "mariadb"})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database, including those that drop the zone."""

    impl = DateTime
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # MySQL drops microseconds unless it is asked to keep them.
        kind = DATETIME(fsp=6) if dialect.name in MYSQL else DateTime()
        return dialect.type_descriptor(kind)

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Exact(TypeDecorator[str]):
    """A key, hash or provider id: compared byte by byte on every database."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self._length = length

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in MYSQL:
            kind = VARCHAR(self._length, charset="utf8mb4", collation="utf8mb4_bin")
            return dialect.type_descriptor(kind)
        return dialect.type_descriptor(String(self._length))


# What `Vault.seal` returns. Sixteen megabytes on MySQL, whose plain BLOB ends at 64 KiB.
Sealed: Final = LargeBinary().with_variant(MEDIUMBLOB(), *sorted(MYSQL))


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        UUID: Uuid(),
    }


class MerchantScoped:
    """Every row belongs to exactly one merchant."""

    merchant_id: Mapped[MerchantId] = mapped_column(Uuid, index=True)
