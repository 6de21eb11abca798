"""A statement of PostgreSQL as a tree, or the reason why nobody can be sure what it says."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.tokenizer_core import Token, TokenType

from zhangfang_core.database.plain_functions import PLAIN_FUNCTIONS


class Unreadable(ValueError):
    """The message says what was found."""


class _AsWritten(Postgres):
    """Functions keep the names that they are called by, those that the parser knows too."""

    class Parser(PostgresParser):
        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}


# PostgreSQL ends a name at a form feed, and a comment at a carriage return; the parser does not.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PARAMETER = re.compile(r'(?<![\w$"])\$\d+')
_STRINGS_READ_OTHERWISE = {
    TokenType.BYTE_STRING: "E''",
    TokenType.UNICODE_STRING: "U&''",
    TokenType.HEREDOC_STRING: "$$",
    TokenType.RAW_STRING: "r''",
}
"""Strings whose end the two could see at different places."""
_HOSTS_WORDS = ("core_", "procrastinate_", "pg_")
_DIALECT = _AsWritten()


def parsed(sql: str) -> exp.Expr:
    """The one statement that ``sql`` is. Raises Unreadable."""
    if (odd := _CONTROL.search(sql)) is not None:
        raise Unreadable(repr(odd[0]))
    text = _PARAMETER.sub(" 0 ", sql.replace("\r", "\n"))
    try:
        tokens = _DIALECT.tokenize(text)
        _refuse_odd_tokens(tokens)
        trees = [tree for tree in _DIALECT.parser().parse(tokens, text) if tree is not None]
    except (SqlglotError, RecursionError, AttributeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"SQL: {sql.strip()[:60]}") from error
    if len(trees) != 1:
        raise Unreadable(f"{len(trees)} statements")
    names = {name_of(table.this) for table in trees[0].find_all(exp.Table)}
    for token in tokens:
        # Whatever the tree makes of it: a table of the host stands there as a table, or not at all.
        word = token.text if token.token_type is TokenType.IDENTIFIER else token.text.lower()
        named = token.token_type in (TokenType.IDENTIFIER, TokenType.VAR) and word.startswith(_HOSTS_WORDS)
        if named and "$" not in word and word not in names | PLAIN_FUNCTIONS:
            raise Unreadable(word)
    return trees[0]


def name_of(part: object) -> str:
    """A name as PostgreSQL takes it: in small letters unless it is quoted."""
    if isinstance(part, exp.Identifier):
        return str(part.this) if part.quoted else str(part.this).lower()
    if isinstance(part, exp.Expr):
        return str(part.name).lower()
    return str(part).lower()


def _refuse_odd_tokens(tokens: list[Token]) -> None:
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if (kind := _STRINGS_READ_OTHERWISE.get(token.token_type)) is not None:
            raise Unreadable(kind)
        if token.text.lower() == "u" and following is not None and following.start == token.end + 1 and following.text == "&":
            raise Unreadable('U&""')
