"""How often contacts begin, finish and leave tasks."""

from datetime import date

from sqlalchemy import Date, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact
from sokoni.kit.ids import MerchantId


class TaskCount(Base):
    """What happened so often on one day (the merchant's) to one task, at one of its steps."""

    __tablename__ = "task_counts"

    merchant_id: Mapped[MerchantId] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    task: Mapped[str] = mapped_column(Exact(80), primary_key=True)
    step: Mapped[str] = mapped_column(Exact(80), primary_key=True)
    """The question asked, or left open; empty where the whole task is meant."""
    happened: Mapped[str] = mapped_column(String(16), primary_key=True)
    """A `dialogue.journeys.Happened`."""
    count: Mapped[int]
