"""Numbers of publications in a CV: "J12" is the twelfth journal article.

A number is not stored, because a gap would give away a work under embargo. It is the rank of a work among the public
ones of its group, by the moment from which it counts and, of the works of one import, by their date at that moment.
Both are stored and stay, so that nothing that is added or edited later changes the number of another work.
"""

from publications.references.reference import PERIODICALS

# The groups of publications: the letter of their numbers, their title, their types.
GROUPS = [
    ("J", "Journal articles", {*PERIODICALS}),
    ("C", "Conference papers", {"paper-conference"}),
    ("B", "Books and chapters", {"book", "chapter", "collection", "entry", "entry-dictionary", "entry-encyclopedia"}),
    ("P", "Preprints", {"article", "manuscript"}),
    ("T", "Theses", {"thesis"}),
    ("R", "Reports", {"report", "standard"}),
    ("D", "Data and software", {"dataset", "software"}),
    ("L", "Patents", {"patent"}),
    ("S", "Talks", {"speech"}),
    ("O", "Other works", set()),  # all other types
]
TITLES = {letter: title for letter, title, _ in GROUPS}
LETTERS = {type_: letter for letter, _, types in GROUPS for type_ in types}


def letter_of(type_):
    """Return the letter of the group that a type belongs to."""
    return LETTERS.get(type_, "O")


def numbers_of(publications, order=None):
    """Return {primary key: number} of publications that visitors see, numbered in an ``order``, by default theirs."""
    counts, numbers = {}, {}
    for publication in sorted(publications, key=order or in_count_order):
        letter = letter_of(publication.type)
        counts[letter] = counts.get(letter, 0) + 1
        numbers[publication.pk] = f"{letter}{counts[letter]}"
    return numbers


def to_millisecond(moment):
    """Return a moment as exactly as the history stores it, so that a restored work has its place again."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def in_count_order(publication):
    return publication.numbered_at or publication.publish_at, publication.numbered_date, publication.pk


def in_list_order(publication):
    """Sort the works from the last of the list to the first."""
    return publication.list_date, publication.pk
