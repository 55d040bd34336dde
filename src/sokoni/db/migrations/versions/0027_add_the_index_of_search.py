"""Add the index of search, and what was looked for and not found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.dialects.postgresql import TSVECTOR

from sokoni.db.base import Exact, UtcDateTime
from sokoni.db.decimals import Thousandths

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG = sa.Text().with_variant(MEDIUMTEXT(), "mariadb", "mysql")
# Never changed: databases have what stood here when they were migrated.
CREATE_DOCUMENTS = """CREATE VIRTUAL TABLE fts_documents USING fts5(
    names, words, body, marks, content='search_documents', content_rowid='number',
    tokenize='unicode61 remove_diacritics 0 categories ''L* N* Co Mn Mc'' tokenchars ''._''')"""
CREATE_TERMS = """CREATE VIRTUAL TABLE fts_terms USING fts5(
    term, content='search_terms', content_rowid='number', tokenize='trigram')"""

SQLITE = (
    CREATE_DOCUMENTS,
    """CREATE TRIGGER fts_documents_added AFTER INSERT ON search_documents BEGIN
    INSERT INTO fts_documents (rowid, names, words, body, marks)
    VALUES (new.number, new.names, new.words, new.body, new.marks);
    END""",
    """CREATE TRIGGER fts_documents_gone AFTER DELETE ON search_documents BEGIN
    INSERT INTO fts_documents (fts_documents, rowid, names, words, body, marks)
    VALUES ('delete', old.number, old.names, old.words, old.body, old.marks);
    END""",
    """CREATE TRIGGER fts_documents_changed AFTER UPDATE ON search_documents
    WHEN old.number <> new.number OR old.names <> new.names OR old.words <> new.words
    OR old.body <> new.body OR old.marks <> new.marks BEGIN
    INSERT INTO fts_documents (fts_documents, rowid, names, words, body, marks)
    VALUES ('delete', old.number, old.names, old.words, old.body, old.marks);
    INSERT INTO fts_documents (rowid, names, words, body, marks)
    VALUES (new.number, new.names, new.words, new.body, new.marks);
    END""",
    CREATE_TERMS,
    """CREATE TRIGGER fts_terms_added AFTER INSERT ON search_terms BEGIN
    INSERT INTO fts_terms (rowid, term) VALUES (new.number, new.term);
    END""",
    """CREATE TRIGGER fts_terms_gone AFTER DELETE ON search_terms BEGIN
    INSERT INTO fts_terms (fts_terms, rowid, term) VALUES ('delete', old.number, old.term);
    END""",
)


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shelf", Exact(length=32), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("names", LONG, nullable=False),
        sa.Column("words", LONG, nullable=False),
        sa.Column("body", LONG, nullable=False),
        sa.Column("marks", LONG, nullable=False),
        sa.Column("vector", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.Column("facets", LONG, nullable=False),
        sa.Column("price", Thousandths(), nullable=True),
        sa.Column("currency", Exact(length=3), nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("popularity", sa.Integer(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("digest", Exact(length=32), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_documents")),
        sa.UniqueConstraint(
            "merchant_id",
            "shelf",
            "document_id",
            name=op.f("uq_search_documents_merchant_id_shelf_document_id"),
        ),
    )
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_documents_merchant_id"), ["merchant_id"], unique=False
        )
        batch_op.create_index(
            "ix_search_documents_tier", ["merchant_id", "shelf", "tier", "number"], unique=False
        )
    op.create_table(
        "search_tokens",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("shelf", Exact(length=32), nullable=False),
        sa.Column("token", Exact(length=40), nullable=False),
        sa.Column("tier", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "merchant_id", "shelf", "token", "tier", "number", name=op.f("pk_search_tokens")
        ),
    )
    with op.batch_alter_table("search_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_search_tokens_number", ["number"], unique=False)
    op.create_table(
        "search_terms",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("shelf", Exact(length=32), nullable=False),
        sa.Column("term", Exact(length=40), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_terms")),
        sa.UniqueConstraint(
            "merchant_id", "shelf", "term", name=op.f("uq_search_terms_merchant_id_shelf_term")
        ),
    )
    with op.batch_alter_table("search_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_terms_merchant_id"), ["merchant_id"], unique=False
        )
    op.create_table(
        "search_misses",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("shelf", Exact(length=32), nullable=False),
        sa.Column("words", Exact(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "merchant_id", "shelf", "words", "day", name=op.f("pk_search_misses")
        ),
    )
    _add_indexes()


def _add_indexes() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    if connection.dialect.name == "postgresql":
        op.execute("CREATE INDEX fts_documents ON search_documents USING gin (vector)")
        _add_trigrams(connection)


def _add_trigrams(connection: sa.Connection) -> None:
    """Index terms by trigrams where there is the extension, or where it may be created."""
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            index = "CREATE INDEX fts_terms ON search_terms USING gin (term gin_trgm_ops)"
            connection.execute(sa.text(index))
    except sa.exc.DBAPIError:
        return


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_terms")
        op.execute("DROP TABLE fts_documents")
    for table in ("search_misses", "search_terms", "search_tokens", "search_documents"):
        op.drop_table(table)
