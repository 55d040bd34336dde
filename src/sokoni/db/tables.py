"""Knows every table without naming one: each room's `models` module declares its own."""

import importlib
import pkgutil
from functools import cache

from sqlalchemy import MetaData

import sokoni
from sokoni.db.base import Base


@cache
def load_models() -> MetaData:
    """Import every room's tables and return them all."""
    for module in pkgutil.walk_packages(sokoni.__path__, "sokoni."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    return Base.metadata
