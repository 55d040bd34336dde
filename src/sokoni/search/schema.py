"""The indexes that only one kind of database has, made beside the tables of the models.

Names begin with `fts_`: migrations leave such alone when they compare models with a database.
"""

from typing import Final

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.exc import DBAPIError

FULL_TEXT: Final = "fts_documents"
TRIGRAMS: Final = "fts_terms"
_CREATE_DOCUMENTS: Final = """CREATE VIRTUAL TABLE fts_documents USING fts5(
    names, words, body, marks, content='search_documents', content_rowid='number',
    tokenize='unicode61 remove_diacritics 0 categories ''L* N* Co Mn Mc'' tokenchars ''._''')"""
_CREATE_TERMS: Final = """CREATE VIRTUAL TABLE fts_terms USING fts5(
    term, content='search_terms', content_rowid='number', tokenize='trigram')"""

SQLITE_DOCUMENTS: Final = (
    _CREATE_DOCUMENTS,
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
)
SQLITE_TERMS: Final = (
    _CREATE_TERMS,
    """CREATE TRIGGER fts_terms_added AFTER INSERT ON search_terms BEGIN
    INSERT INTO fts_terms (rowid, term) VALUES (new.number, new.term);
    END""",
    """CREATE TRIGGER fts_terms_gone AFTER DELETE ON search_terms BEGIN
    INSERT INTO fts_terms (fts_terms, rowid, term) VALUES ('delete', old.number, old.term);
    END""",
)
POSTGRESQL_DOCUMENTS: Final = (
    "CREATE INDEX fts_documents ON search_documents USING gin (vector)",
)
_EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
TERMS_INDEX: Final = "CREATE INDEX fts_terms ON search_terms USING gin (term gin_trgm_ops)"


def add_trigrams(connection: Connection) -> None:
    """Index terms by trigrams where PostgreSQL has the extension, or lets us create it."""
    try:
        with connection.begin_nested():
            connection.execute(text(_EXTENSION))
            connection.execute(text(TERMS_INDEX))
    except DBAPIError:
        # Without it misspelt words are looked for by their beginnings; `sokoni doctor` says so.
        return


def keep_indexes(documents: Table, terms: Table) -> None:
    """Have the indexes made with the tables."""
    event.listen(documents, "after_create", _index_documents)
    event.listen(terms, "after_create", _index_terms)


def _index_documents(_table: Table, connection: Connection, **_: object) -> None:
    of_dialect = {"sqlite": SQLITE_DOCUMENTS, "postgresql": POSTGRESQL_DOCUMENTS}
    for statement in of_dialect.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)


def _index_terms(_table: Table, connection: Connection, **_: object) -> None:
    if connection.dialect.name == "postgresql":
        add_trigrams(connection)
    for statement in SQLITE_TERMS if connection.dialect.name == "sqlite" else ():
        connection.exec_driver_sql(statement)
