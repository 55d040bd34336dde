"""Logs for machines in production and for people in development, telling on nobody in either."""

import logging
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import Processor

from sokoni.kit.clock import Clock
from sokoni.kit.redaction import explain, redact

_QUIET: Final = ("uvicorn.access", "asyncio", "stripe")
"""Who says too much; uvicorn's access log also repeats query strings, verify tokens included, and
Stripe's SDK, in debugging, all that it is answered: who paid, and where they live."""

_ALARMED: Final = ("nicegui", "asyncmy")
"""Who warns of nothing: of each page that is not there, with the whole URL; and of each primary
key whose name MariaDB does not take, when the tables are made."""


def set_up_logs(level: str, *, production: bool, stream: TextIO | None = None) -> None:
    """Send our logs and those of libraries to `stream`: as JSON in production, else in words."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        explain,
        redact,
    ]
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    render = _for_programs() if production else _for_people(stream)
    handler.setFormatter(_formatter(shared, render))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _ALARMED:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _for_programs() -> Processor:
    return structlog.processors.JSONRenderer(serializer=_json)


def _for_people(stream: TextIO) -> Processor:
    """Colour what a terminal shows; a file of colours is hard to read."""
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


def _formatter(shared: list[Processor], render: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def _json(event: object, default: Callable[[Any], Any], **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=default).decode()


class Seldom:
    """Keeps what happens often from filling the log: each key is due once in a while."""

    def __init__(self, clock: Clock, every: timedelta = timedelta(minutes=1)) -> None:
        self._clock = clock
        self._every = every
        self._last: dict[str, datetime] = {}

    def due(self, key: str) -> bool:
        now = self._clock()
        last = self._last.get(key)
        if last is not None and now - last < self._every:
            return False
        self._last[key] = now
        return True
