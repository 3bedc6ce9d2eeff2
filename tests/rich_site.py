"""A fictional researcher's site with every kind of content, for screenshots."""

import io
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from profiles.models import PreviewLink, SiteSettings, Tag
from publications.models import SavedList
from tests import make

BIO = """I study how machines can follow a plan that nobody has written down completely. My group builds **engines for
notation**: systems that keep intermediate results where they are needed, and that can say why they computed them.

Before, I worked on weaving patterns as programs, and on tables of Bernoulli numbers, where
$B_n = -\\frac{1}{n+1} \\sum_{k=0}^{n-1} \\binom{n+1}{k} B_k$.

I supervise theses on verification, and I am always happy to hear from students who like both proofs and gears."""
ABSTRACT = """We show that an engine with a store of a thousand numbers computes every function that can be written as a
finite table of operations, and we give the first such table. The cost of each run is $\\mathcal{O}(n \\log n)$ in the
number of cards, and measurements on a simulated mill confirm it to within *two per cent*."""
STORY = """## Why it matters

Tables of functions are full of errors. An engine that prints its own tables makes none, and can be checked.

> The engine weaves algebraic patterns just as a loom weaves flowers and leaves.

| Store | Runs a day | Errors |
|---|---|---|
| 100 columns | 24 | 0 |
| 1,000 columns | 19 | 0 |

```python
def mill(card):
    return card.operation(*card.operands)
```

> [!NOTE]
> Plans of the mill are in the archive, and may be copied.

1. Punch the cards.
2. Set the store.
3. Turn the crank."""
WORDS = ["engines", "notation", "looms", "verification", "tables", "numerical analysis", "history of computing"]
TITLES = [
    "Sketch of an Engine That Follows Its Own Notes",
    "Looms as Programs: What a Pattern Knows about the Cloth",
    "A Bound of $\\mathcal{O}(n \\log n)$ for Punched Cards",
    "Notation That Explains Itself",
    "On the Reliability of Printed Tables, with an Appendix on the Logarithms of Odd Numbers and Their Misprints",
    "Carrying Tens",
    "What a Thousand Columns Can Hold",
    "Verification of Mechanical Proofs by Independent Readers",
]
VENUES = [
    ("paper-conference", "Proceedings of the Conference on Mechanical Computation", "CMC"),
    ("article-journal", "Journal of Engines and Notation", "JEN"),
    ("article", "", ""),
    ("chapter", "Handbook of Tables", ""),
]
PEOPLE = ["Charles Babbage", "Mary Somerville", "Augustus De Morgan", "Luigi Menabrea", "Sophie Germain"]


def picture(width, height, light, dark):
    """Return an image file with shapes between two colours."""
    image = Image.new("RGB", (width, height), light)
    draw = ImageDraw.Draw(image)
    for number in range(9):
        size = min(width, height) * (10 - number) / 12
        middle = (width * (number + 2) / 12, height / 2)
        box = [middle[0] - size / 2, middle[1] - size / 2, middle[0] + size / 2, middle[1] + size / 2]
        draw.ellipse(box, outline=dark, width=max(2, width // 200))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return ContentFile(file.getvalue(), "picture.jpg")


def illustrate(item, image, text):
    item.image, item.image_alt = image, text
    item.save()


def fill():
    """Fill an empty site; return the token of a preview link."""
    owner = make.owner(
        headline="Reader in Mechanical Computation, University of Turin",
        bio=BIO,
        email="ada@example.org",
        photo=picture(900, 900, "#d9c9b4", "#5b3a29"),
        photo_alt="Ada Lovelace at her desk",
        tags=WORDS,
    )
    for label, url, kind in [
        ("GitHub", "https://github.com/example", "github"),
        ("Google Scholar", "https://scholar.google.com/citations?user=example", "scholar"),
        ("ORCID", "https://orcid.org/0000-0002-1825-0097", "orcid"),
        ("Mastodon", "https://example.social/@ada", "mastodon"),
    ]:
        owner.links.create(label=label, url=url, kind=kind)
    others = [make.person(name, is_public_page=True, headline="Department of Engines") for name in PEOPLE]
    owner.relations.create(role="primary-supervisor", related=others[0])
    owner.affiliations.create(organisation="University of Turin", place="Turin, Italy", start="2019")
    others[0].affiliations.create(organisation="University of Oxford", department="Computing", start="2001")
    SiteSettings.objects.create(person=owner, shows_affiliations=True)
    works = [work(number, owner, others) for number in range(34)]
    illustrate(works[1], picture(1200, 800, "#e6ece8", "#23564a"), "Circles of a pattern")
    illustrate(works[4], picture(1200, 800, "#e8e6f0", "#3d3470"), "Circles of a table")
    make.publication("Sketch of an Engine (preprint)", authors=[owner], type="article", version_of=works[0])
    saved_list = SavedList.objects.create(
        name="Engines", description="Works on *engines* since 2019.", year_from=2019, state="published"
    )
    saved_list.tags.add(*Tag.objects.filter(name="engines"))
    projects(owner, others, works)
    activities(owner)
    make.talk(
        "Engines That Explain Themselves",
        abstract=ABSTRACT,
        occasions=[
            {"event": "CMC 2025", "start": "2025-06-12", "kind": "keynote", "city": "Turin", "country": "IT"},
            {"event": "Seminar on Tables", "start": "2024-11", "kind": "invited", "city": "Oslo", "country": "NO"},
        ],
        tags=["engines"],
    )
    make.talk("Looms as Programs", occasions=[{"event": "Weaving Days", "start": "2099-03-04", "city": "Lyon"}])
    make.grant(
        "Engines for Notation", people=[(owner, "Principal investigator"), (others[0], "Co-investigator")],
        funder="SNSF", number="200021_123456", start="2023-04", end="2099-03", description=ABSTRACT, tags=["engines"],
        publications=works[:6],
    )  # fmt: skip
    make.grant("Looms as Proof Assistants", funder="ERC", start="2018", end="2021", amount=1_500_000, currency="EUR",
               amount_is_public=True)  # fmt: skip
    for title in ("Engines I", "Numerical Tables"):
        make.course(title, terms=["2025", "2024"], instructors=[owner], description=STORY, code="ENG101", level="MSc")
    for number, title in enumerate(
        ["Our paper was accepted", "A new engine", "Two theses submitted", "Moving to Turin"]
    ):
        make.post(title, date=f"2025-0{6 - number}-12", summary="It appears in June.", body=STORY, people=[owner])
    parent = make.page("Join us", body=f"{BIO}\n\n{STORY}", tags=["engines"])
    make.page("Theses", parent=parent)
    make.cv(parts=["education", "position", {"kind": "publications", "only_selected": True}, "grant", "talks"])
    make.section("Outside research", body="I play the harp, and I walk in the hills near the lake.")
    for person, fields in zip(others, [{}, {}, {"role": "postdoc"}, {"end": "2023"}, {"end": "2022"}], strict=True):
        make.membership(person, **fields)
    draft = make.publication("A Draft on Cogs", authors=[owner], state="draft", abstract=ABSTRACT)
    expires = timezone.now() + timedelta(days=7)
    return PreviewLink.objects.create(model="publications.publication", object_id=draft.pk, expires_at=expires).token


def work(number, owner, others):
    kind, venue, short = VENUES[number % len(VENUES)]
    title = TITLES[number % len(TITLES)] + (f", Part {number // len(TITLES) + 1}" if number >= len(TITLES) else "")
    created = make.publication(
        title,
        authors=[*others[: number % 5], owner, *(f"Author Number{count}" for count in range(60 if number == 3 else 0))],
        type=kind,
        issued=f"{2025 - number // 4}-0{number % 9 + 1}",
        container_title=venue,
        container_title_short=short and f"{short} {2025 - number // 4}",
        page="1–29" if venue else "",
        volume="7" if kind == "article-journal" else "",
        abstract=ABSTRACT if number % 3 != 2 else "",
        doi=f"10.1000/engines.{number}",
        featured=number in (0, 1, 4),
        award="Best paper" if number == 1 else "",
        tags=[WORDS[number % 7], WORDS[(number + 2) % 7]],
    )
    created.resources.create(kind="pdf", url=f"https://example.org/{number}.pdf")
    if number % 2:
        created.resources.create(kind="code", url=f"https://example.org/{number}/code")
        created.resources.create(kind="slides", url=f"https://example.org/{number}/slides")
    return created


def projects(owner, others, works):
    for number, name in enumerate(["Analytical Engine", "Difference Engine", "Loom Notation"]):
        project = make.project(
            name,
            tagline="A general machine for numbers and symbols",
            summary="An engine with a mill and a store, which follows punched cards.",
            body=STORY,
            status=("active", "finished", "active")[number],
            start=f"202{number}",
            featured=True,
            tags=["engines", "notation"],
        )
        if number < 2:
            illustrate(
                project, picture(1600, 900, "#f0e4d0", "#7a3b12" if number else "#1f3d5c"), "Wheels of the engine"
            )
        for position, (figure, label) in enumerate(
            [("10×", "faster tables"), ("1,000", "columns"), ("0", "misprints")]
        ):
            project.highlights.create(figure=figure, label=label, position=position)
        project.members.create(person=owner, role="Lead")
        project.members.create(person=others[number])
        project.publications.add(*works[number : number + 3])


def activities(owner):
    for kind, title, organisation, start, fields in [
        ("education", "PhD in Mathematics", "University of Turin", "2018", {"end": "2022"}),
        ("position", "Reader", "University of Turin", "2024-10", {"is_ongoing": True}),
        ("position", "Lecturer", "University of Oslo", "2022", {"end": "2024"}),
        ("award", "Medal of the Society of Engines", "", "2025-05", {}),
        ("award", "Best paper", "CMC 2025", "2025-06", {}),
        ("service", "Programme committee", "CMC", "2025", {}),
        ("service", "Reviewer", "Journal of Engines and Notation", "2023", {"is_ongoing": True}),
        ("travel", "", "", "2025-06", {"city": "Turin", "country": "IT"}),
        ("travel", "", "", "2024", {"city": "Oslo", "country": "NO"}),
    ]:
        make.activity(title, person=owner, kind=kind, organisation=organisation, start=start, **fields)
