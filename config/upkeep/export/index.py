"""What the script of an exported list filters and searches by, as JSON files of moderate size.

``search/works.json`` has the facts of all works, in the order of the list, so that a work's place tells on which page
of the list it is shown; the script takes it from there. ``search/others.json`` has what else is searched. The words
are in a file for each two letters that they begin with: {word: places}, each place as its difference to the one
before, times four, with the part of the document that it stands in. So a search reads a few small files, however many
works there are.
"""

import json
from array import array
from collections import defaultdict

from django.template.loader import render_to_string

from config.pages.search import kinds_besides_publications
from config.pages.tags import count_uses
from profiles.content.batches import batched
from profiles.feeds import VISITOR
from profiles.models import Tag
from profiles.search.indexing import INDEXED
from profiles.search.queries import PARTS
from publications.models import Authorship, Publication, TaggedPublication
from publications.views import PublicationList

CHUNK = 100  # documents held in memory, each with the texts of its PDFs
OPEN_PARTS = ("title", "facts")  # of a work under blind review


def as_json(content):
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def files(rewrite):
    """(name, chunks of bytes) of each file. ``rewrite`` gives the links of HTML on the search page as they must be."""
    index = Index()
    yield "search/others.json", [as_json(index.others(rewrite))]
    starts = []
    for start, words in index.words():
        starts.append(start)
        yield f"search/words/{start}.json", [as_json(words)]
    yield "search/works.json", index.works(starts)


class Index:
    def __init__(self):
        published = Publication.objects.published()
        self.rows = list(published.works(VISITOR).newest_first().values_list("pk", "year", "type"))
        self.places = {pk: place for place, (pk, _, _) in enumerate(self.rows)}
        self.found = defaultdict(lambda: array("Q"))

    def works(self, starts):
        """The facts of all works; ``starts`` are the names of the files with words, so that none is asked in vain."""
        types = sorted({type_ for *_, type_ in self.rows}, key=list(Publication.TYPE_LABELS).index)
        tags = self._named(TaggedPublication.objects.order_by("tag__name"), "content_object", "tag")
        people = Authorship.objects.visible_to(VISITOR).filter(person__isnull=False).order_by("person__name")
        authors = self._named(people, "publication", "person")
        head = {
            "perPage": PublicationList.paginate_by,
            "types": [[type_, Publication.TYPE_LABELS[type_]] for type_ in types],
            "tags": tags[0],
            "authors": authors[0],
            "words": starts,
        }
        yield as_json(head)[:-1] + b',"works":['
        for place, (_, year, type_) in enumerate(self.rows):
            row = [year, types.index(type_), tags[1].get(place, []), authors[1].get(place, [])]
            yield (b",\n" if place else b"\n") + as_json(row)
        yield b"]}\n"

    def _named(self, rows, work, thing):
        """[[slug, name]] of all things that works have, and {place of a work: numbers in that list}."""
        numbers, of_works = {}, defaultdict(list)
        for pk, slug, name in rows.values_list(work, f"{thing}__slug", f"{thing}__name").iterator():
            place = self.places.get(pk)
            if place is None:
                continue
            number = numbers.setdefault((slug, name), len(numbers))
            if number not in of_works[place]:
                of_works[place].append(number)
        return list(numbers), of_works

    def others(self, rewrite):
        """[[heading, [HTML]]] of what is found beside publications; its places follow those of the works."""
        found, place = [], len(self.rows)
        uses = count_uses(VISITOR)
        for title, rows, template in kinds_besides_publications(VISITOR):
            items = []
            for keys in batched(rows.values_list("pk", flat=True), CHUNK):
                objects = rows.in_bulk(keys)
                documents = INDEXED[rows.model._meta.model_name].documents(keys)
                for key in keys:
                    if rows.model is Tag:
                        objects[key].uses = uses[key]
                    self._add(place, documents[key], PARTS)
                    place += 1
                    items.append(rewrite(render_to_string(template, {"item": objects[key]}).strip()))
            found.append([title, items])
        return found

    def words(self):
        """(beginning, {word: places}) in the order of the alphabet."""
        self._add_publications()
        start, words = None, {}
        for word in sorted(self.found):
            if start not in (None, start_of(word)):
                yield start, words
                words = {}
            start = start_of(word)
            words[word] = _differences(self.found[word])
        if words:
            yield start, words

    def _add_publications(self):
        published = Publication.objects.published()
        blind = set(published.exclude(pk__in=published.with_authors_shown(VISITOR)).values_list("pk", flat=True))
        # A version is no work of its own, and its words lead to the work.
        for keys in batched(published.values_list("pk", "version_of"), CHUNK):
            works = {pk: self.places.get(pk, self.places.get(work)) for pk, work in keys}
            for pk, document in INDEXED["publication"].documents(list(works)).items():
                if works[pk] is not None:
                    self._add(works[pk], document, OPEN_PARTS if pk in blind else PARTS)

    def _add(self, place, document, shown):
        for part, text in enumerate(document.parts()):
            if PARTS[part] in shown:
                for word in set(text.split()):
                    self.found[word].append(place * 4 + part)


def start_of(word):
    """The name of the file of a word: its first two letters, or their numbers where they are not ASCII."""
    letters = word[:2]
    return letters if letters.isascii() else "-".join(f"{ord(letter):x}" for letter in letters)


def _differences(places):
    ordered = sorted(set(places))
    return [place - before for before, place in zip([0, *ordered], ordered, strict=False)]
