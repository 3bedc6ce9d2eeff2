"""Values of a record in the form in which two records are compared."""

import re

from profiles.search.words import fold
from publications.references.values import identifiers

# A title that has no other words is shared by many works.
USUAL_WORDS = """
a about abstract abstracts acknowledgement acknowledgements addendum afterword an and announcement announcements
annual answer appendix author authors bibliography book books by calendar call chapter column comment commentary
comments conclusion conclusions contents contribution contributors correction corrections correspondence corrigenda
corrigendum cover dedication discussion edition editor editorial editorials editors epilogue errata erratum essay
essays events first for foreword from front general glossary guest highlights i ii iii in index interview introduction
introductory invited issue iv lecture letter letters list masthead matter meeting memoriam message minutes month
monthly new news newsletter no note notes number obituary of on opening our overview panel papers part poster preface
prelude president presidential proceedings program programme progress prologue publications quarterly readers
references rejoinder remarks reply report reports response retraction review reviews s second section short special
status summary supplement supplementary symposium table talk the third this to untitled update v vi volume week
welcome with work workshop year yearbook yearly
anmeldelse anhang annuel anuale anual årsrapport årsberetning avant avertissement bericht boekbespreking bokanmeldelse
buchbesprechung carta compte conclusión conclusioni de del der des die editoriale einführung einleitung geleitwort het
il informe inledning inleiding innledning introducción introdução introduzione jaarverslag jahresbericht korrektur la
le les lettre l lettera nachruf nachwort nota notas podziękowania postface prefacio prefacja prefácio prefazione
presentación presentazione presentation prologo propos przedmowa rapport rapporto recension recensione recensie
recenzja redaktion relatório rendu rendus resenha reseña rezension sprawozdanie sumario und verso verslag voorwoord
vorbemerkung vorwort wstęp
前言 序 序言 书评 書評 社论 社論 卷首语 編集後記 はじめに まえがき あとがき 머리말 서문 서평
"""
USUAL_WORDS = frozenset(fold(USUAL_WORDS).split())
NOT_YET_KNOWN = """
pp na nan none ja aop inpress toappear forthcoming accepted onlinefirst online earlyview earlyaccess unknown
aheadofprint aheadofpress onlineaheadofprint epubaheadofprint tba tbd
"""
NOT_YET_KNOWN = frozenset(fold(NOT_YET_KNOWN).split())
# Preprints and data on figshare have a DOI for each version.
DOI_VERSION = re.compile(r"(10\.(?:1101|64898|21203|26434|20944|22541|31\d{3}|36227|6084)/.*[^\W_])[./_-]?v\d+")
DASHES = re.compile(r"\s*(?:[-‐-―−]|&ndash;)+\s*")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def without_tags(text):
    return re.sub(r"</?[a-z][^<>]*>", "", text)


def normalised(text):
    """Return only letters and digits, without accents, case and markup."""
    return re.sub(r"[\W_]+", "", fold(without_tags(text)))


def spaced(text):
    """Return the words of a text between spaces, without accents, case and markup: " journal of looms "."""
    words = re.findall(r"[^\W_]+", fold(without_tags(text)))
    return f" {' '.join(words)} "


def is_usual(title):
    """Return whether many works have such a title: "Editorial", "Annual report 2020", "Letter to the editor"."""
    return USUAL_WORDS.issuperset(re.findall(r"[^\W\d_]+", fold(without_tags(title))))


def versionless(arxiv_id):
    return re.sub(r"v[0-9]+$", "", arxiv_id.casefold())


def doi(text):
    """Return a DOI without a preprint's version; "" for one of arXiv, which means the same as the arXiv identifier."""
    text = "" if identifiers.ARXIV_DOI.fullmatch(text) else text.casefold()
    versioned = DOI_VERSION.fullmatch(text)
    return versioned[1] if versioned else text


def isbns(text):
    """Return the set of ISBNs in a text, without what differs between ISBN-10 and ISBN-13."""
    found = (re.sub(r"[ -]", "", isbn).upper() for isbn in re.findall(rf"{identifiers.ISBN}\b", text))
    return frozenset(isbn if isbn.startswith("979") else isbn.removeprefix("978")[:9] for isbn in found)


def number(text):
    """Return a volume or issue: "12" for "Vol. 012"; "" for "in press" and the like."""
    text = re.sub(r"[\s.,:()]+", "", DASHES.sub("-", fold(text)))
    text = re.sub(r"^(?:volume|vol|number|no|nr|issue|band|bd|heft|jahrgang)(?=\d)", "", text)
    return "" if text.replace("-", "") in NOT_YET_KNOWN else text.lstrip("0")


def edition(text):
    """Return the number of an edition ("2" for "Second edition"), or its normalised text."""
    words = fold(text).split()
    numbers = [str(ORDINALS.index(word) + 1) for word in words if word in ORDINALS]
    return next(iter(re.findall(r"\d+", text) or numbers), normalised(text))


def pages(text):
    """Return (first page or article number, last page): ("91", "92") for "pp. 91--2"."""
    first, _, last = DASHES.sub("-", re.split(r"[,;&+]", fold(text))[0].strip()).partition("-")
    first, last = map(_page, (first, last))
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: -len(last)] + last
    return first, last


def _page(text):
    text = re.sub(r"^(?:(?:articles?|art|pages?|pp?|no|nr|id)[\s.:]*)*e?(?=\d)", "", text.strip())
    text = re.sub(r"\W", "", text).lstrip("0")
    return "" if text in NOT_YET_KNOWN else text


def may_be_same_pages(one, other):
    """Return whether two results of ``pages`` can be right of one work.

    A range is also cited by its first page. An article with a number may count its pages from 1.
    """
    if one[0] == other[0]:
        return not (one[1] and other[1]) or one[1] == other[1]
    article_number = other[0] if one[1] else one[0]
    is_number = len(article_number) > 4 or not article_number.isdecimal()
    return bool(one[1]) != bool(other[1]) and is_number and "1" in (one[0], other[0])
