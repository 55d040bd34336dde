"""Looks at what search finds misspelt words with."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.cli.findings import Finding, advice, good
from sokoni.db.engine import READING
from sokoni.search.schema import TERMS_INDEX, TRIGRAMS

_EXTENSION: Final = text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
_INDEX: Final = text("SELECT count(*) FROM pg_indexes WHERE indexname = :name")


async def search_findings(engine: AsyncEngine) -> list[Finding]:
    """Say on PostgreSQL whether words are compared by trigrams; elsewhere nothing is wanting."""
    if engine.dialect.name != "postgresql":
        return []
    async with engine.connect() as connection:
        await connection.execution_options(**{READING: True})
        extension = await connection.scalar(_EXTENSION)
        index = await connection.scalar(_INDEX, {"name": TRIGRAMS})
    if extension and index:
        return [good("Misspelt words are found by trigrams (pg_trgm).")]
    if extension:
        return [advice(f"Misspelt words are found slowly; have somebody run: {TERMS_INDEX}")]
    return [
        advice(
            "PostgreSQL has no pg_trgm: words that are misspelt at their beginning are not found. "
            f"Have an administrator run: CREATE EXTENSION pg_trgm; {TERMS_INDEX}"
        )
    ]
