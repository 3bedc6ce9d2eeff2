"""The search: what is written is broken into words, kept in the database's own full-text index, and asked by rank.

SQLite's FTS5 and PostgreSQL's tsvector hold the same words, made here, so that both find the same: letters without
accents and case, and each Chinese or Japanese character as a word. A document has four parts: its title, names, facts
and long text, which weigh less and less.

Whether a document may be shown is no part of the index: each queryset goes through the gate as all others do. How the
index follows what changes is told in profiles/search/indexing.py.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace

from django.db import connection, models
from django.db.models import F, Func, Q
from django.utils.functional import cached_property

MOST_WORDS = 12
LONGEST_TEXT = 400_000  # characters of a document's text, since PostgreSQL takes 1 MB of words
WEIGHTS = (6.0, 4.0, 1.0, 0.3)
PARTS = ("title", "names", "facts", "text")
LETTERS = dict(zip(PARTS, "ABCD", strict=True))

WORD = re.compile(r"[^\W_]+")
# What is written without blanks between words: each character is one.
UNSPACED = re.compile(r"[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def fold(text):
    """The text without accents, case and forms of letters: "Müller" and "MULLER" are "muller", "ﬁ" is "fi"."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in text if not unicodedata.combining(letter)).casefold()


def words(text):
    """The words of a text as the index holds them."""
    return WORD.findall(UNSPACED.sub(r" \g<0> ", fold(text)))


@dataclass(frozen=True)
class Document:
    """What is searched of an object, part by part; ``names`` and ``text`` may be hidden from a visitor."""

    title: str = ""
    names: str = ""
    facts: str = ""
    text: str = ""

    def parts(self):
        return [" ".join(words(getattr(self, part)[:LONGEST_TEXT])) for part in PARTS]


@dataclass(frozen=True)
class Term:
    """Words that stand next to each other; the last may be the beginning of one unless they were put in quotes."""

    words: tuple[str, ...]
    is_exact: bool = False
    part: str = ""


@dataclass(frozen=True)
class Query:
    """What is asked: terms that must all be found, and facts of the record (``year``, ``tag``, ``type``)."""

    terms: tuple[Term, ...] = ()
    facts: dict = field(default_factory=dict, hash=False)

    FIELD = re.compile(
        r"(?:(?P<field>author|year|tag|type):)?(?:\"(?P<quoted>[^\"]*)\"?|(?P<plain>[^\s\"]+))", re.IGNORECASE
    )

    @classmethod
    def parse(cls, text):
        """Read what was typed; whatever it is, there is a query for it. Of a long one the first words count."""
        terms, facts = [], {}
        for found in cls.FIELD.finditer(text):
            name, said = (found["field"] or "").lower(), found["quoted"] or found["plain"] or ""
            if name and name != "author":
                facts.setdefault(name, said.strip())
                continue
            term = Term(tuple(words(said))[:MOST_WORDS], found["quoted"] is not None, "names" if name else "")
            if term.words and term not in terms:
                terms.append(term)
        return cls(tuple(terms[:MOST_WORDS]), facts)

    def __bool__(self):
        return bool(self.terms or self.facts)

    def of_whole_words(self):
        """The same query without beginnings of words."""
        return replace(self, terms=tuple(replace(term, is_exact=True) for term in self.terms))

    def within(self, parts, *, ranked=False):
        """The query in FTS5's and in PostgreSQL's words, of those parts alone; "" where it can find nothing there."""
        if not self.terms or any(term.part and term.part not in parts for term in self.terms):
            return ""
        write = _in_postgresql if connection.vendor == "postgresql" else _in_fts5
        joint = " & " if connection.vendor == "postgresql" else " AND "
        asked = joint.join(write(term, [term.part] if term.part else parts) for term in self.terms)
        is_one = len(self.terms) == 1 or any(term.part for term in self.terms)
        if connection.vendor == "postgresql" or is_one or not ranked:
            return asked
        # FTS5 finds no more by this, but ranks higher what has the words next to each other, as PostgreSQL does anyway.
        together = Term(tuple(word for term in self.terms for word in term.words), self.terms[-1].is_exact)
        return f"({asked}) OR {write(together, parts)}"


def _in_fts5(term, parts):
    phrase = f'"{" ".join(term.words)}"'
    # A whole word counts more than one that only begins so.
    found = phrase if term.is_exact or len(term.words[-1]) < 2 else f"({phrase} OR {phrase} *)"
    return found if len(parts) == len(PARTS) else f"{{{' '.join(parts)}}} : {found}"


def _in_postgresql(term, parts):
    weights = "" if len(parts) == len(PARTS) else "".join(LETTERS[part] for part in parts)
    *first, last = term.words
    prefix = "" if term.is_exact or len(last) < 2 else "*"
    ends = [*(f":{weights}" if weights else "" for _ in first), f":{prefix}{weights}" if prefix or weights else ""]
    return "(" + " <-> ".join(f"'{word}'{end}" for word, end in zip(term.words, ends, strict=True)) + ")"


class WordsField(models.TextField):
    """The words of a document; its column has the name of its table, as FTS5 wants it."""

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        self.column = cls._meta.db_table


@WordsField.register_lookup
class Match(models.Lookup):
    """``index__words__match``: whether a document has what a query in the words of the database asks."""

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
    """How far a document is from the query, the best lowest."""

    output_field = models.FloatField()

    def __init__(self, words, query):
        super().__init__(words)
        self.asked, self.whole = query.within(PARTS), query.of_whole_words().within(PARTS)

    def as_sql(self, compiler, connection, **kwargs):
        # FTS5 works it out along with the match, by the weights that the table was given.
        left, parameters = compiler.compile(self.get_source_expressions()[0])
        return left.rpartition(".")[0] + ".rank", parameters

    def as_postgresql(self, compiler, connection, **kwargs):
        left, parameters = compiler.compile(self.get_source_expressions()[0])
        weights = ",".join(str(weight / WEIGHTS[0]) for weight in reversed(WEIGHTS))
        rank = f"ts_rank_cd('{{{weights}}}', {left}, to_tsquery('simple', %s), 1)"
        # A whole word counts more than one that only begins so.
        return f"-({rank} + {rank})", [*parameters, self.asked, *parameters, self.whole]


class BestFirst:
    """The rows of a queryset that match a query, best first: a sequence that reads only the rows of a slice.

    The full-text table ranks the matches by itself. In one query with the rows, SQLite may repeat the full-text search
    for each row.
    """

    def __init__(self, rows, query):
        self.rows, self.query = rows.matching(query), query

    @cached_property
    def keys(self):
        """The primary keys of the rows, best first."""
        rows = set(self.rows.order_by().values_list("pk", flat=True))
        index = index_of(self.rows.model).objects.filter(words__match=self.query.within(PARTS, ranked=True))
        ranked = index.order_by(Rank(F("words"), self.query), "-pk").values_list("pk", flat=True) if rows else ()
        return [key for key in ranked if key in rows]

    def __len__(self):
        return len(self.keys)

    def __iter__(self):
        return iter(self[:])

    def __getitem__(self, wanted):
        """The rows of a slice."""
        keys = self.keys[wanted]
        found = self.rows.model.objects.in_bulk(keys)
        return [found[key] for key in keys if key in found]


def index_of(model):
    """Returns the SearchIndex of a model."""
    return model._meta.get_field("index").related_model


class SearchableQuerySet(models.QuerySet):
    """For a model with a SearchIndex, which lookups know as ``index``."""

    def matches(self, query, parts=PARTS):
        """Returns the condition that a row's document has all terms of a Query within those parts."""
        text = query.within(parts)
        index = index_of(self.model).objects
        return Q(pk__in=(index.filter(words__match=text) if text else index.none()).values("pk"))

    def matching(self, query):
        """Filters rows whose documents have all terms of a Query; all rows if it has no terms."""
        return self.filter(self.matches(query)) if query.terms else self

    def best_first(self, query):
        """Returns the rows that match the terms of a Query as a sequence, best first."""
        return BestFirst(self, query)
