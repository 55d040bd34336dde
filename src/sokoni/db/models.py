"""What the database says of itself."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact


class ServerFact(Base):
    """One named fact of this installation, such as which key its look-up hashes are under."""

    __tablename__ = "server_facts"

    name: Mapped[str] = mapped_column(Exact(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
