"""Generates a realistic record of any size for the benchmarks; the same size and seed give the same record.

``DATA_DIR=/tmp/site .venv/bin/python -m tests.benchmarks.record --count 1000`` migrates the database of the current
settings, which must be empty, and fills it. There is one person for every five works; the first is the owner, who is an
author of two works in five. There are 200 tags; the first is on every other work. About 6 % of the works are drafts or
scheduled, 4 % are versions of others, and a few are under blind review.
"""

import argparse
import os
import random
import time
from bisect import bisect
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
    django.setup()

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from profiles.content.slugs import make_slug
from profiles.models import Activity, Person, Tag, TaggedActivity
from profiles.models.tag import tag_key
from profiles.search import indexing
from projects.models import Project, TaggedProject
from publications.models import Authorship, Publication, Resource, TaggedPublication

CHUNK = 250  # works that are saved at once
FIRST_YEAR, LAST_YEAR = 1988, 2025
TAGS, PROJECTS, ACTIVITIES = 200, 30, 200
SENTENCES = 4_000  # shared by the abstracts; each has one more sentence

GIVEN = (
    "Ada Alan Amir Ana Anja Aoife Ayşe Carlos Chen Chloë David Elena Emre Fatima Félix Grace Håkan Hana Hiroshi Ingrid "
    "Iris Jan Jiří João Julia Karim Kofi Leila Li Łukasz Maja Márton Mei Mina Nikolai Noah Olga Petra Priya Rafael "
    "René Rosa Sara Søren Sunita Tariq Tomás Viktor Wei Yara Yuki Zsófia"
)
FAMILY = (
    "Al Ban Bel Ber Cor Dal Del Fer Gar Gra Hal Hol Kal Kar Lan Lin Man Mar Mül Nor Per Ram Ros San Sch Ste Tan Val "
    "Wal Wei Yam Zim",
    "ach arsson berg chenko dahl dijk ek es field gård hoff ić ino ka ker kova lund mann moto nen ner oğlu owski rez "
    "shima sen ski son ström ter uchi wicz wood zadeh",
)
WORDS = (
    "the of and a to in is we for that with on are by this from an as our it which be can these between not show more "
    "method data results approach analysis problem learning network system algorithm function theory structure process "
    "estimate performance distribution evaluation information design experiment parameter dynamics optimisation model "
    "inference training measure space graph language policy uncertainty sample error bound kernel matrix gradient "
    "convergence complexity prediction regression simulation signal image sequence domain task benchmark attention "
    "memory behaviour evidence population outcome variance prior entropy energy field quantum phase surface protein "
    "cell climate ocean species market welfare archive corpus semantics curriculum survey privacy protocol latency "
    "compiler verification logic manifold lattice operator diffusion wave sensor robot vision speech retrieval "
    "efficient robust scalable sparse latent linear optimal stochastic empirical general local adaptive discrete neural"
)
RARE = (
    "anti auto bio counter electro hetero homo hyper infra inter macro meta micro multi neuro photo poly pseudo quasi "
    "semi spatio super thermo trans",
    "centr chron cycl gen graph kinet lex magnet metr morph norm opt path phon plasm scal sem soci spher struct synth "
    "tempor therm top typ valent vect",
    "al ic ation ity isation ive or",
)
TOPICS = (
    "Bayesian causal computational deep distributed statistical quantum formal applied human sparse social graph",
    "inference learning modelling vision networks methods semantics geometry imaging control optimisation verification "
    "dynamics history systems",
)
VENUES = [  # type, column, name, how often
    ("article-journal", "container_title", "Journal of Machine Inference", 14),
    ("article-journal", "container_title", "Transactions on Networks & Systems", 12),
    ("article-journal", "container_title", "Revista Española de Estadística Aplicada", 8),
    ("paper-conference", "event_title", "Conference on Neural Representations", 18),
    ("paper-conference", "event_title", "Symposium on Principles of Computation", 14),
    ("article", "publisher", "arXiv", 20),
    ("chapter", "container_title", "Handbook of Computational Methods", 6),
    ("book", "publisher", "University Press of Examples", 2),
    ("thesis", "publisher", "University of Examples", 2),
    ("dataset", "publisher", "Institute of Examples", 2),
    ("software", "publisher", "Institute of Examples", 2),
]
TITLES = [  # hard cases for templates and formats
    "When is $P < NP$? *Escaping* & other hazards", "On “quotation”, apostrophes' fate and back\\slashes",
    "Über die Größe: naïve façades in Łódź", "因果推論の統計的方法", "حول الاستدلال السببي",
]  # fmt: skip
RESOURCES = [("pdf", 0.8), ("code", 0.35), ("slides", 0.2), ("video", 0.08)]


def products(*parts):
    """Return every combination of a word of each part, joined."""
    whole = [""]
    for words in parts:
        whole = [start + word for start in whole for word in words.split()]
    return whole


class Zipf:
    """Draws items at random: the first twice as often as the second, three times as often as the third …"""

    def __init__(self, items):
        self.items = items
        self.weights = list(accumulate(1 / rank for rank in range(1, len(items) + 1)))

    def draw(self, chance, number):
        """Return that many different items."""
        found = {}
        while len(found) < number:
            place = bisect(self.weights, chance.random() * self.weights[-1])
            found[place] = self.items[place]
        return list(found.values())


class Record:
    def __init__(self, count, seed=1):
        self.count = count
        self.chance = random.Random(seed)
        rare = products(*RARE)
        self.chance.shuffle(rare)
        self.words = [*WORDS.split(), *rare]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        self.sentences = [self.sentence() for _ in range(SENTENCES)]

    def sentence(self):
        words = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(11, 26))
        if self.chance.random() < 0.2:
            words.append("where $x_i \\in \\mathbb{R}^d$ and *p* < 0.05")
        return " ".join(words).capitalize() + "."

    def title(self, number):
        if number % 40 == 7:
            return TITLES[number // 40 % len(TITLES)]
        # Without the first words, which are conjunctions and the like.
        words = self.chance.choices(self.words[25:], cum_weights=self.weights[25:], k=self.chance.randint(4, 9))
        return " ".join(words).capitalize()

    def load(self):
        """Save everything, and then write the search index."""
        self.write()
        indexing.rebuild()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def write(self):
        self.people = Zipf(Person.objects.bulk_create(self.make_people(), CHUNK))
        self.tags = Zipf(Tag.objects.bulk_create(self.make_tags()))
        self.now = datetime.now(UTC).replace(microsecond=0)
        works, numbers = [], iter(range(self.count))
        while some := list(islice(numbers, CHUNK)):
            works = self.load_works(some, works)
        self.load_around(works)

    def make_people(self):
        given_names, families = GIVEN.split(), products(*FAMILY)
        for number in range(max(12, self.count // 5)):
            given, family = self.chance.choice(given_names), self.chance.choice(families)
            yield Person(
                name=f"{given} {family}", given=given, family=family, slug=f"{make_slug(family)}-{number + 1}",
                is_owner=number == 0, is_public_page=number % 10 == 0, headline="Researcher, University of Examples",
            )  # fmt: skip

    def make_tags(self):
        names = [f"{first} {second}" for first in TOPICS[0].split() for second in TOPICS[1].split()]
        self.chance.shuffle(names)
        return [Tag(name=name, key=tag_key(name), slug=make_slug(name)) for name in names[:TAGS]]

    def load_works(self, numbers, earlier):
        """Save works with these numbers, some as versions of ``earlier`` works, and return them."""
        works = Publication.objects.bulk_create([self.make_work(number, earlier) for number in numbers])
        names, ties, resources = [], [], []
        for number, work in zip(numbers, works, strict=True):
            authors = self.people.draw(self.chance, 3 + min(9, int(self.chance.expovariate(0.45))))
            names += [
                Authorship(publication=work, person=person, position=position)
                for position, person in enumerate(authors, 1)
            ]
            tags = self.tags.draw(self.chance, self.chance.randint(2, 6))
            ties += [TaggedPublication(content_object=work, tag=tag) for tag in tags]
            resources += [
                Resource(publication=work, kind=kind, url=f"https://files.example.org/{kind}/{number}")
                for kind, share in RESOURCES
                if self.chance.random() < share
            ]
        for rows in (names, ties, resources):
            type(rows[0]).objects.bulk_create(rows)
        return [work for work in works if work.version_of_id is None]

    def make_work(self, number, earlier):
        chance = self.chance
        type_, column, venue, _ = chance.choices(VENUES, [often for *_, often in VENUES])[0]
        year = LAST_YEAR - int((LAST_YEAR - FIRST_YEAR + 1) * chance.random() ** 1.8)
        title, abstract = self.title(number), [self.sentence(), *chance.choices(self.sentences, k=7)]
        first = chance.randint(1, 900)
        hidden = chance.random()
        opens = self.now + timedelta(days=90 if hidden > 0.99 else -chance.randint(1, 4_000), seconds=number)
        return Publication(
            type=type_, title=title, slug=f"{make_slug(title)[:60]}-{number + 1}",
            issued=f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            abstract="" if number % 50 == 11 else " ".join(abstract), **{column: venue},
            volume=str(chance.randint(1, 60)) if type_ == "article-journal" else "",
            page=f"{first}-{first + 12}" if type_ != "article" else "",
            arxiv_id=f"{year % 100:02}01.{number % 100_000:05}" if type_ == "article" and year > 2007 else "",
            doi="" if number % 12 == 5 else f"10.5555/example.{number}",
            citation_key=f"key{year}n{number}", featured=number % 50 == 0, hides_authors=number % 1_000 == 999,
            state="draft" if hidden < 0.05 else "published", publish_at=None if hidden < 0.05 else opens,
            version_of=chance.choice(earlier) if earlier and number % 25 == 4 else None,
        )  # fmt: skip

    def load_around(self, works):
        """Save the projects and activities, whose number does not depend on the count."""
        projects = Project.objects.bulk_create(
            Project(
                name=self.title(0), slug=f"project-{number}", tagline="A thing that runs.", summary=self.sentence(),
                position=number, featured=number < 4, state="published", publish_at=self.now - timedelta(days=number),
            )
            for number in range(PROJECTS)
        )  # fmt: skip
        owner, kinds = self.people.items[0], Activity.Kind.values
        activities = Activity.objects.bulk_create(
            Activity(
                person=owner, kind=kinds[number % len(kinds)], title=self.title(0), city="Turin",
                organisation="University of Examples", start=f"{LAST_YEAR - number // 10}-05", state="published",
                publish_at=self.now - timedelta(days=number), description=self.sentence(),
            )
            for number in range(ACTIVITIES)
        )  # fmt: skip
        for model, things in ((TaggedProject, projects), (TaggedActivity, activities)):
            model.objects.bulk_create(
                model(content_object=thing, tag=tag) for thing in things for tag in self.tags.draw(self.chance, 3)
            )
        for project, work in zip(projects, works, strict=False):
            project.publications.add(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1_000, help="how many works (1000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    if Publication.objects.exists():
        parser.error("There are publications already. Take another DATA_DIR or DATABASE_URL.")
    began = time.monotonic()
    Record(options.count, options.seed).load()
    print(f"{Publication.objects.count()} publications in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()


def save_something():
    """Change a row, so that no page of an older content version is served."""
    Session.objects.update_or_create(session_key="benchmark", defaults={"expire_date": timezone.now()})
