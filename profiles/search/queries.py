"""Full-text search with the database's own index: SQLite's FTS5 or PostgreSQL's tsvector.

Both hold the same words, made here, so that both find the same: without accents and case, and with each Chinese or
Japanese character as a word. A document has four parts; each weighs less than the one before.

The index does not know what is public: searches start from ``published()`` or ``visible_to(user)``, as lists do.
"""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from django.db import connection, models
from django.db.models import F, Func, Q
from django.utils.functional import cached_property

from profiles.search.words import words

MAX_WORDS = 12  # of a query
MAX_TEXT = 400_000  # characters of a document's part: a tsvector holds 1 MB
PARTS = ("title", "names", "facts", "text")
WEIGHTS = (6.0, 4.0, 1.0, 0.3)
WEIGHT_LETTERS = dict(zip(PARTS, "ABCD", strict=True))  # PostgreSQL's weight of each part

# What people paste before an identifier. The index has identifiers without it.
IDENTIFIER = re.compile(
    r"(?<!\w)(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/|(?:www\.)?arxiv\.org/(?:abs|pdf)/|(?:doi|arxiv|pmid|isbn):\s*)",
    re.IGNORECASE,
)
ARXIV_VERSION = re.compile(r"(\d{4}\.\d{4,5})v\d+(?:\.pdf)?\b")


@dataclass(frozen=True)
class Document:
    """The texts by which an object is found. Blind review may hide ``names`` and ``text`` from visitors."""

    title: str = ""
    names: str = ""
    facts: str = ""
    text: str = ""

    def parts(self):
        """Return the words of each part, as a list of texts."""
        return [" ".join(words(getattr(self, part)[:MAX_TEXT])) for part in PARTS]


@dataclass(frozen=True)
class Term:
    """Consecutive words. The last one may be the beginning of a word, unless the term is exact."""

    words: tuple[str, ...]
    is_exact: bool = False
    part: str = ""

    @property
    def is_prefix(self):
        return not self.is_exact and len(self.words[-1]) > 1

    def to_fts5(self, parts, *, ranked):
        phrase = f'"{" ".join(self.words)}"'
        if self.is_prefix:
            # Finds the same either way; with both, a whole word ranks higher.
            phrase = f"({phrase} OR {phrase} *)" if ranked else f"{phrase} *"
        return phrase if len(parts) == len(PARTS) else f"{{{' '.join(parts)}}} : {phrase}"

    def to_tsquery(self, parts):
        weights = "" if len(parts) == len(PARTS) else ":" + "".join(WEIGHT_LETTERS[part] for part in parts)
        *first, last = [f"'{word}'{weights}" for word in self.words]
        if self.is_prefix:
            last += "*" if weights else ":*"
        return f"({' <-> '.join([*first, last])})"


def bare_identifiers(text):
    """Return a query with "10.1/x" for "https://doi.org/10.1%2Fx", and "2301.00001" for "arXiv:2301.00001v2"."""
    bare = IDENTIFIER.sub("", text)
    return ARXIV_VERSION.sub(r"\1", unquote(bare) if bare != text else bare)


@dataclass(frozen=True)
class Query:
    """A parsed search: terms that must all be found, and conditions (``year``, ``tag``, ``type``)."""

    terms: tuple[Term, ...] = ()
    facts: dict = field(default_factory=dict, hash=False)

    FIELD = re.compile(
        r"(?:(?P<field>author|year|tag|type):)?(?:\"(?P<quoted>[^\"]*)\"?|(?P<plain>[^\s\"]+))", re.IGNORECASE
    )

    @classmethod
    def parse(cls, text):
        """Parse any text. Only the first words of a long text count."""
        terms, facts = [], {}
        for found in cls.FIELD.finditer(bare_identifiers(text)):
            name, value = (found["field"] or "").lower(), found["quoted"] or found["plain"] or ""
            if name and name != "author":
                facts.setdefault(name, value.strip())
                continue
            term = Term(tuple(words(value))[:MAX_WORDS], found["quoted"] is not None, "names" if name else "")
            if term.words and term not in terms:
                terms.append(term)
        return cls(tuple(terms[:MAX_WORDS]), facts)

    def __bool__(self):
        return bool(self.terms or self.facts)

    def whole_words(self):
        """Return the same query with exact terms."""
        return replace(self, terms=tuple(replace(term, is_exact=True) for term in self.terms))

    def to_match(self, parts=PARTS, *, ranked=False):
        """Return the query in the syntax of the database, limited to some parts; "" if nothing there can match."""
        if not self.terms or any(term.part and term.part not in parts for term in self.terms):
            return ""
        scoped = [(term, (term.part,) if term.part else parts) for term in self.terms]
        if connection.vendor == "postgresql":
            return " & ".join(term.to_tsquery(some) for term, some in scoped)
        match = " AND ".join(term.to_fts5(some, ranked=ranked) for term, some in scoped)
        if not ranked or len(self.terms) == 1 or any(term.part for term in self.terms):
            return match
        # Finds the same, but consecutive words rank higher, as they do in PostgreSQL.
        together = Term(tuple(word for term in self.terms for word in term.words), self.terms[-1].is_exact)
        return f"({match}) OR {together.to_fts5(parts, ranked=True)}"


class WordsField(models.TextField):
    """The words of a document. FTS5 requires the column to have the name of the table."""

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        self.column = cls._meta.db_table


@WordsField.register_lookup
class Match(models.Lookup):
    """The lookup ``words__match``, for a query in the syntax of the database (see ``Query.to_match``)."""

    lookup_name = "match"

    def get_prep_lookup(self):
        return self.rhs

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} MATCH %s", [*parameters, self.rhs]

    def as_postgresql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} @@ to_tsquery('simple', %s)", [*parameters, self.rhs]


class Rank(Func):
    """The rank of a document for a query; the best has the lowest."""

    output_field = models.FloatField()

    def __init__(self, words, query):
        super().__init__(words)
        self.match, self.whole_words = query.to_match(), query.whole_words().to_match()

    def as_sql(self, compiler, connection, **kwargs):
        # FTS5 computes it with the weights that the table was created with.
        left, parameters = compiler.compile(self.get_source_expressions()[0])
        return left.rpartition(".")[0] + ".rank", parameters

    def as_postgresql(self, compiler, connection, **kwargs):
        left, parameters = compiler.compile(self.get_source_expressions()[0])
        weights = ",".join(str(weight / WEIGHTS[0]) for weight in reversed(WEIGHTS))
        rank = f"ts_rank_cd('{{{weights}}}', {left}, to_tsquery('simple', %s), 1)"
        # A whole word ranks higher than the beginning of a longer one.
        return f"-({rank} + {rank})", [*parameters, self.match, *parameters, self.whole_words]


class BestFirst:
    """The rows of a queryset that match a query, best first, as a sequence that reads only the rows of a slice.

    The full-text table is ranked in a separate query: joined with the rows, SQLite may repeat the search for each row.
    """

    def __init__(self, rows, query):
        self.rows, self.query = rows.matching(query), query

    @cached_property
    def ranked(self):
        """{primary key: whether the title has all terms}, best first. Without terms, in the order of the rows."""
        if not self.query.terms:
            return dict.fromkeys(self.rows.values_list("pk", flat=True), False)
        rows = set(self.rows.order_by().values_list("pk", flat=True))
        index = index_of(self.rows.model).objects
        match, in_title = self.query.to_match(ranked=True), self.query.to_match(("title",))
        in_title = index.filter(words__match=in_title) if in_title else index.none()
        found = index.filter(words__match=match).order_by(Rank(F("words"), self.query), "-pk")
        ranked = found.values_list("pk", Q(pk__in=in_title.values("pk"))) if rows else ()
        return {key: bool(is_in_title) for key, is_in_title in ranked if key in rows}

    @cached_property
    def keys(self):
        """The list of primary keys, best first."""
        return list(self.ranked)

    def __len__(self):
        return len(self.keys)

    def __iter__(self):
        return iter(self[:])

    def __getitem__(self, span):
        keys = self.keys[span]
        found = self.rows.model.objects.for_results().in_bulk(keys)
        return [found[key] for key in keys if key in found]


def index_of(model):
    """Return the SearchIndex of a model."""
    return model._meta.get_field("index").related_model


class SearchableQuerySet(models.QuerySet):
    """For a model with a SearchIndex."""

    def matches(self, query, parts=PARTS):
        """Return the condition that the document of a row has all terms of a Query in those parts."""
        match = query.to_match(parts)
        index = index_of(self.model).objects
        return Q(pk__in=(index.filter(words__match=match) if match else index.none()).values("pk"))

    def matching(self, query):
        """Filter rows whose document has all terms of a Query; all rows if it has no terms."""
        return self.filter(self.matches(query)) if query.terms else self

    def for_results(self):
        """Fetch the related rows that a result of the search shows."""
        return self

    def best_first(self, query):
        """Return the rows that match the terms of a Query, as a sequence."""
        return BestFirst(self, query)
