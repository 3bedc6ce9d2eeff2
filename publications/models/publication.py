"""Publications. Fields have the names and meanings of CSL-JSON."""

import re
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Max, Q, Value, When
from django.db.models.functions import Cast, Concat, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from profiles.content.dates import PartialDateField
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable
from profiles.content.slugs import Slugged, make_slug
from profiles.history import revisions
from profiles.models import CVRecord, Illustrated, Person, SearchIndex, TaggedBase, indexed, tags_field
from profiles.search import indexing
from profiles.search.words import fold, words
from publications.identifiers import ArxivField, DOIField, ISBNField, PMIDField
from publications.languages import tag_of
from publications.models import record
from publications.models.authorship import Authorship
from publications.models.visibility import PublicationQuerySet
from publications.numbering import TITLES, letter_of, to_millisecond
from publications.references.values import markup, maths
from publications.references.values.pages import NUMBER_FIELDS, hyphenated, printed_number_and_pages, printed_pages
from publications.references.values.wording import ends_with_others

LATEX = re.compile(r"\\[a-zA-Z]{2,}(?=\s*\{)")


@revisions.register("authorships", "resources", "notices", "taggedpublication_set")
class Publication(Illustrated, CVRecord, Publishable, Slugged):
    class Status(models.TextChoices):
        IN_PREPARATION = "in preparation", "In preparation"
        SUBMITTED = "submitted", "Submitted"
        ACCEPTED = "accepted", "Accepted"
        PUBLISHED = "published", "Published"
        RETRACTED = "retracted", "Retracted"

    # The statuses of works that have not appeared. Lists show them first.
    FORTHCOMING = (Status.IN_PREPARATION, Status.SUBMITTED, Status.ACCEPTED)

    # The types of CSL 1.0.2, the most frequent first.
    TYPES = [
        ("Usual", [
            ("article-journal", "Journal article"), ("paper-conference", "Conference paper"), ("article", "Preprint"),
            ("chapter", "Book chapter"), ("book", "Book"), ("thesis", "Thesis"), ("report", "Report"),
            ("dataset", "Dataset"), ("software", "Software"), ("patent", "Patent"), ("speech", "Talk"),
            ("webpage", "Web page"),
        ]),
        ("Other", [
            ("article-magazine", "Magazine article"), ("article-newspaper", "Newspaper article"), ("bill", "Bill"),
            ("broadcast", "Broadcast"), ("classic", "Classic"), ("collection", "Collection"),
            ("document", "Document"), ("entry", "Entry"), ("entry-dictionary", "Dictionary entry"),
            ("entry-encyclopedia", "Encyclopedia entry"), ("event", "Event"), ("figure", "Figure"),
            ("graphic", "Graphic"), ("hearing", "Hearing"), ("interview", "Interview"), ("legal_case", "Legal case"),
            ("legislation", "Legislation"), ("manuscript", "Manuscript"), ("map", "Map"),
            ("motion_picture", "Film"), ("musical_score", "Musical score"), ("pamphlet", "Pamphlet"),
            ("performance", "Performance"), ("periodical", "Periodical"),
            ("personal_communication", "Personal communication"), ("post", "Post"), ("post-weblog", "Blog post"),
            ("regulation", "Regulation"), ("review", "Review"), ("review-book", "Book review"), ("song", "Song"),
            ("standard", "Standard"), ("treaty", "Treaty"),
        ]),
    ]  # fmt: skip
    TYPE_LABELS = {value: label for _, group in TYPES for value, label in group}

    # By SPDX identifier (spdx.org/licenses): the usual licences of works, data and software.
    LICENSES = {
        "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
        "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
        "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "CC-BY-ND-4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
        "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
        "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
        "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
        "GPL-3.0-or-later": "https://www.gnu.org/licenses/gpl-3.0.html",
        "MIT": "https://opensource.org/license/mit",
    }
    LICENSE_CHOICES = [(name, name.replace("-", " ") if name.startswith("CC") else name) for name in LICENSES]

    opens_by = {**Publishable.opens_by, "authors_from": models.Q(hides_authors=True)}
    reserved_slugs = frozenset({"feed", "lists"})  # /publications/feed/ is the Atom feed, below lists/ are saved lists
    kept_when_restored = ("numbered_at", "numbered_date")

    type = models.CharField(max_length=30, choices=TYPES, default="article-journal")
    title = models.CharField(max_length=500, help_text="May contain *italics* and TeX maths such as $x^2$.")
    status = models.CharField(max_length=20, choices=Status, default=Status.PUBLISHED)
    issued = PartialDateField("date", blank=True)
    abstract = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="Markdown, with TeX maths between dollar signs."
    )

    container_title = models.CharField(
        "journal, proceedings or book", max_length=300, blank=True, help_text="The full name, as cited."
    )
    container_title_short = models.CharField("abbreviated venue", max_length=100, blank=True)
    event_title = models.CharField("conference", max_length=300, blank=True)
    event_place = models.CharField("conference location", max_length=200, blank=True)
    track = models.CharField(max_length=200, blank=True, help_text="For example “Datasets and Benchmarks Track”.")
    publisher = models.CharField(max_length=200, blank=True, help_text="For a thesis or report: the institution.")
    publisher_place = models.CharField("publisher location", max_length=200, blank=True)
    volume = models.CharField(max_length=50, blank=True)
    issue = models.CharField(max_length=50, blank=True)
    number = models.CharField(max_length=50, blank=True, help_text="The number of a report or patent.")
    page = models.CharField("pages", max_length=50, blank=True, help_text="For example “1–29”, or an article number.")
    edition = models.CharField(max_length=50, blank=True)
    genre = models.CharField(max_length=100, blank=True, help_text="For example “PhD thesis” or “Technical report”.")
    language = models.CharField(
        max_length=20, blank=True, help_text="Language code of the text, for example “en”, “de” or “zh”."
    )

    doi = DOIField("DOI")
    arxiv_id = ArxivField("arXiv identifier", max_length=50)
    arxiv_class = models.CharField("arXiv class", max_length=30, blank=True, help_text="For example “cs.LG”.")
    isbn = ISBNField("ISBN", max_length=20)
    issn = models.CharField("ISSN", max_length=50, blank=True)
    pmid = PMIDField("PubMed identifier", max_length=20)
    url = models.URLField("publisher’s page", max_length=500, blank=True)
    citation_key = models.CharField(
        max_length=200, blank=True, help_text="For \\cite{…}. If empty, it is made from author, year and title."
    )

    award = models.CharField("award or note", max_length=200, blank=True, help_text="For example “Best paper award”.")
    funding = models.TextField(max_length=LONGEST_TEXT, blank=True)
    license = models.CharField(
        "licence",
        max_length=40,
        blank=True,
        choices=LICENSE_CHOICES,
        help_text="What readers may do with the work. Leave empty if unknown.",
    )
    featured = models.BooleanField(
        "selected",
        default=False,
        help_text="Shows the publication on the home page. Three to ten are usual; “Selected publications” above "
        "the list sorts them.",
    )
    featured_position = models.PositiveSmallIntegerField(
        "order among the selected",
        null=True,
        blank=True,
        help_text="1 comes first. Those without a number come last, the newest first.",
    )
    version_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        to_field="work_key",
        null=True,
        blank=True,
        related_name="versions",
        help_text="For a preprint or workshop paper: the main version, which lists show instead.",
    )
    hides_authors = models.BooleanField(
        "hide the authors",
        default=False,
        help_text=(
            "For blind review: hides all names from visitors, in every version of the work. Check files, links and "
            "texts yourself."
        ),
    )
    authors_from = models.DateTimeField(
        "authors shown from",
        null=True,
        blank=True,
        help_text="When the names appear. If empty, they stay hidden until you clear “hide the authors”.",
    )
    extra = models.JSONField(
        default=dict,
        blank=True,
        help_text="Imported fields that have no field above. Visitors’ exports contain the bibliographic ones only.",
    )

    # From when the work counts in the CV, and its ``list_date`` then; see publications/numbering.py.
    numbered_at = models.DateTimeField(null=True, blank=True, editable=False)
    numbered_date = models.CharField(max_length=11, blank=True, editable=False)

    year = models.GeneratedField(
        expression=Case(When(~Q(issued=""), then=Cast(Substr("issued", 1, 4), models.PositiveSmallIntegerField()))),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    # What lists are sorted by, newest first: the date, after a 9 if the work has not appeared.
    sort_date = models.GeneratedField(
        expression=Concat(Case(When(status__in=FORTHCOMING, then=Value("9")), default=Value("")), "issued"),
        output_field=models.CharField(max_length=11),
        db_persist=True,
    )
    # The primary key of a main version, NULL for other versions. Because ``version_of`` refers to this column, the
    # database refuses a version of itself or of another version.
    work_key = models.GeneratedField(
        expression=Case(When(version_of__isnull=True, then=F("id"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
        unique=True,
    )

    authors = models.ManyToManyField(Person, through=Authorship, related_name="publications")
    tags = tags_field("publications.TaggedPublication")

    objects = PublicationQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["-sort_date", "-pk"]
        constraints = [
            *Publishable.Meta.constraints,
            *Illustrated.Meta.constraints,
            models.UniqueConstraint(
                fields=["citation_key"],
                condition=~Q(citation_key=""),
                name="publications_citation_key_once",
                violation_error_message="Another publication has this citation key. Add a letter to one of them.",
            ),
            models.UniqueConstraint(
                models.functions.Lower("doi"),
                condition=~Q(doi=""),
                name="publications_doi_once",
                violation_error_message="Another publication has this DOI. Edit that one, or clear the DOI here.",
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=["feed", "lists"]),
                name="publications_slug_not_reserved",
                violation_error_message="“feed” and “lists” are addresses of the site itself. Choose another slug.",
            ),
        ]
        indexes = [
            # The public lists and their counts. With the last two columns, counts do not read the rows.
            models.Index(
                fields=["state", "-sort_date", "-id", "publish_at", "version_of"], name="publications_by_state"
            ),
            models.Index(fields=["year", "type", "state", "publish_at", "version_of"], name="publications_year_type"),
            models.Index(fields=["-sort_date", "-id"], name="publications_in_order"),
            models.Index(fields=["-sort_date", "-id"], condition=Q(featured=True), name="publications_featured"),
            models.Index(
                fields=["authors_from", "version_of", "id"], condition=Q(hides_authors=True), name="publications_blind"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publications:publication", args=[self.slug])

    @property
    def type_label(self):
        return self.TYPE_LABELS.get(self.type, self.type)

    @property
    def chooser_detail(self):
        """What distinguishes works with the same title in the admin: "Journal article, 2025"."""
        return f"{self.type_label}, {self.year}" if self.year else self.type_label

    @property
    def language_tag(self):
        """The language as a BCP 47 tag, "" if it is unknown."""
        return tag_of(self.language)

    @property
    def status_label(self):
        """The status in the words of the imported file, "In press", or its usual name, "Accepted"."""
        wording = str(self.extra.get("status", ""))
        is_current = wording and record.to_column(type(self), "status", wording) == self.status
        return capfirst(wording) if is_current else self.get_status_display()

    @property
    def is_forthcoming(self):
        return self.status in self.FORTHCOMING

    @property
    def notice(self):
        """The most serious notice, which lists show; None for a retracted work, whose status says more."""
        found = {} if self.status == self.Status.RETRACTED else {notice.kind: notice for notice in self.notices.all()}
        return found.get("concern") or found.get("correction")

    @property
    def warnings(self):
        """The notices that readers must see first: retractions and expressions of concern, in order."""
        return [notice for notice in self.notices.all() if notice.kind != notice.Kind.CORRECTION]

    @property
    def corrections(self):
        return [notice for notice in self.notices.all() if notice.kind == notice.Kind.CORRECTION]

    @property
    def remarks(self):
        """What a line in a list says of a work that has not simply appeared: ["In press"], ["Corrected"]."""
        notice = self.notice
        return [
            *([] if self.status == self.Status.PUBLISHED else [self.status_label]),
            *([notice.label] if notice else []),
        ]

    @property
    def list_heading(self):
        """What the work is listed under: "Forthcoming", its year, or "Undated"."""
        return "Forthcoming" if self.is_forthcoming else str(self.issued)[:4] or "Undated"

    @property
    def type_heading(self):
        """What the work is listed under in a list by type: "Journal articles"."""
        return TITLES[letter_of(self.type)]

    @property
    def list_date(self):
        """What ``sort_date`` will be once the work is saved."""
        return f"{'9' if self.is_forthcoming else ''}{self.issued}"

    @property
    def are_authors_hidden(self):
        """Whether this publication hides its authors now. ``is_blind`` also considers its other versions."""
        return self.hides_authors and not (self.authors_from and self.authors_from <= timezone.now())

    @property
    def byline(self):
        """The authorships of its authors, in order."""
        return [authorship for authorship in self.authorships.all() if authorship.role == Authorship.Role.AUTHOR]

    @property
    def editors(self):
        return [authorship for authorship in self.authorships.all() if authorship.role == Authorship.Role.EDITOR]

    @property
    def editors_of_whole(self):
        """The editors of a work without authors, which lists and CVs name in their place."""
        return [] if self.byline_text else self.editors

    @property
    def has_more_authors(self):
        """Whether the list of authors ends with "et al."."""
        return ends_with_others(self.extra, "author")

    @has_more_authors.setter
    def has_more_authors(self, has_more):
        rest = {name: value for name, value in self.extra.items() if name != "et-al"}
        self.extra = rest | {"et-al": ["author"]} if has_more else rest

    @property
    def byline_end(self):
        """What follows the names of the authors: ", et al. (ATLAS Collaboration)"."""
        count, groups = len(self.byline), ", ".join(str(row) for row in self.authorships.all() if row.is_collaboration)
        et_al = (", et al." if count > 1 else " et al.") if count and self.has_more_authors else ""
        return f"{et_al} ({groups})" if groups and count else et_al or groups

    @property
    def byline_text(self):
        return ", ".join(map(str, self.byline)) + self.byline_end

    @property
    def byline_with_signs(self):
        return ", ".join(f"{authorship}{authorship.remark}" for authorship in self.byline) + self.byline_end

    @property
    def has_equal_contributions(self):
        return any(authorship.equal_contribution for authorship in self.byline)

    @property
    def legend(self):
        """What the signs after the names mean, "" if there are none."""
        return Authorship.legend(self.authorships.all())

    @property
    def venue(self):
        """The journal, book, conference or publisher; for a preprint, its arXiv identifier."""
        if self.type == "article" and self.arxiv_id and not self.container_title:
            return f"arXiv:{self.arxiv_id}"
        return self.container_title or self.event_title or self.publisher

    @property
    def numbers(self):
        """Volume, issue and pages in the usual short form: "12(3), pp. 45–67", "12(3), article e12"."""
        volume = self.volume + (f"({self.issue})" if self.issue else "")
        article = next((str(self.extra[name]) for name in NUMBER_FIELDS if self.extra.get(name)), "")
        if article:
            pages = printed_number_and_pages(article, self.page)
        elif self.type in ("book", "thesis") and self.page.isdigit():
            pages = f"{self.page} pp."
        else:
            pages = printed_pages(self.page)
        return ", ".join(filter(None, (volume, pages)))

    @property
    def pdf(self):
        """The uploaded resource that is its PDF, or None: the best version that visitors can see.

        The published version is better than one without a label, then come the accepted manuscript and the submitted
        version. Of two alike, it is the one that the editor has put first.
        """
        papers = [paper for paper in self.papers if paper.filename.lower().endswith(".pdf")]
        return next(iter(papers), None)

    @property
    def papers(self):
        """The PDFs that visitors can see, uploaded or linked, the best version first."""
        papers = [one for one in self.resources.all() if one.kind == one.Kind.PDF and one.is_open]
        return sorted(papers, key=lambda paper: paper.RANKS.index(paper.version))

    @property
    def is_open_access(self):
        """Whether everybody can read it, on arXiv, at its DOI or address, or as a PDF here that is open by its rights.

        By its rights means: with a licence, of the work or its own; or as a submitted or accepted version, which
        authors may usually share. A published version without a licence is not.
        """
        if self.arxiv_id or (self.license and (self.doi or self.url)):
            return True
        return any(self.license or paper.license or paper.version in paper.SHARED for paper in self.papers)

    @property
    def license_url(self):
        return self.LICENSES.get(self.license, "")

    @property
    def doi_url(self):
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def arxiv_url(self):
        return f"https://arxiv.org/abs/{self.arxiv_id}" if self.arxiv_id else ""

    @property
    def pmid_url(self):
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else ""

    @classmethod
    def from_reference(cls, reference):
        """Return an unsaved publication with the fields of a Reference, without its names and tags."""
        return cls(**record.columns_of(cls, reference))

    def as_reference(self):
        """Return the Reference of this publication; one from ``from_reference`` comes back equal."""
        return record.reference_of(self)

    @classmethod
    def types_called(cls, text):
        """Return the types whose name is the text, or whose label has a word that starts with it: "conf"."""
        wanted = fold(text)
        return [
            type_
            for type_, label in cls.TYPE_LABELS.items()
            if wanted and (type_ == wanted or any(word.startswith(wanted) for word in (fold(label), *words(label))))
        ]

    def count_from(self, moment, former_type=None):
        """Set when the work counts in the CV: from ``moment``, or from when visitors will see it and its authors.

        A work that counts already keeps its place, unless it has left the group of its ``former_type``. A draft that
        visitors have never seen has none.
        """
        has_moved = former_type and letter_of(former_type) != letter_of(self.type)
        if self.numbered_at and self.numbered_at <= moment and not has_moved:
            return
        openings = [moment, self.publish_at] + ([self.authors_from] if self.hides_authors else [])
        opens = self.state == self.State.PUBLISHED and all(openings)
        self.numbered_at, self.numbered_date = (to_millisecond(max(openings)), self.list_date) if opens else (None, "")

    def save(self, *args, **kwargs):
        changing = not self._state.adding
        self._set_publish_at()
        if changing:
            self._keep_retracted()
        types = Publication.objects.filter(pk=self.pk, numbered_at__isnull=False).values_list("type", flat=True)
        self.count_from(timezone.now(), former_type=types.first() if changing else None)
        if not self.featured:
            self.featured_position = None
        super().save(*args, **kwargs)
        if changing:
            # Reads the generated fields again when they are next used.
            for name in ("year", "sort_date", "work_key"):
                self.__dict__.pop(name, None)

    def _keep_retracted(self):
        """Set the status of a work with a notice of retraction, so that the two never contradict each other."""
        if self.status != self.Status.RETRACTED and self.notices.filter(kind="retraction").exists():
            self.status = self.Status.RETRACTED

    def validate_unique(self, exclude=None):
        # The database generates the work key at the first save.
        super().validate_unique(exclude={"work_key", *(exclude or ())})

    def clean(self):
        super().clean()
        self.page = hyphenated(self.page)
        if command := LATEX.search(markup.with_formulas(self.title, lambda tex: "")):
            message = (
                f"The title has the LaTeX command “{command[0]}” outside a formula. Write *italics* and **bold** with "
                "stars, letters with accents as they are, and no braces."
            )
            raise ValidationError({"title": message})
        if message := self.version_error():
            raise ValidationError({"version_of": message})

    def version_error(self):
        """Return why this cannot be a version of the chosen work, or ""."""
        # A version has no work key, so the foreign key to one is empty.
        chosen = self.version_of_id or getattr(self.version_of, "pk", None)
        if chosen is None:
            return ""
        work = Publication.objects.filter(pk=chosen).first()
        if work is None:
            return "The main version has been deleted."
        if work.pk == self.pk:
            return "A publication cannot be a version of itself. Choose the other one."
        if work.version_of_id:
            return f"“{work}” is itself a version of “{work.version_of}”. Choose that one."
        if self.pk and (version := Publication.objects.filter(version_of=self.pk).first()):
            return f"“{version}” is a version of this one. Move it to “{work}” first."
        return ""

    def resolve_conflicts(self):
        warnings, others = super().resolve_conflicts(), Publication.objects.exclude(pk=self.pk)
        if (taken := self.citation_key) and others.filter(citation_key=taken).exists():
            keys = others.filter(citation_key__startswith=taken[:190]).values_list("citation_key", flat=True)
            self.citation_key = self.first_free_key(taken[:190], set(keys))
            warnings.append(f"The citation key “{taken}” is in use, so “{self}” got “{self.citation_key}”.")
        if self.doi and (other := others.filter(doi__iexact=self.doi).first()):
            warnings.append(f"The DOI {self.doi} was left empty, because “{other}” has it now.")
            self.doi = ""
        if message := self.version_error():
            self.version_of = None
            warnings.append(f"“{self}” is not a version of another work any more. {message}")
        return warnings

    def add_authors(self, authorships):
        """Save authorships after the existing authors."""
        last = self.authorships.filter(role=Authorship.Role.AUTHOR).aggregate(last=Max("position"))["last"] or 0
        for position, authorship in enumerate(authorships, last + 1):
            authorship.publication, authorship.position = self, position
        Authorship.objects.bulk_create(authorships)
        indexing.row_changed(self)

    def slug_source(self):
        def as_words(tex):
            return re.sub("[Α-Ωα-ωϕϵ]", r" \g<0> ", maths.plain(tex))

        title = markup.with_formulas(markup.from_markdown(self.title), as_words)
        return re.sub(r"[(/=_^]", " ", markup.plain(title))

    def free_citation_key(self):
        """Return a citation key that no publication has, of author, year and title."""
        first = self.authorships.filter(role=Authorship.Role.AUTHOR).select_related("person").first()
        stem = self.citation_key_stem(first.family if first else "")
        taken = Publication.objects.filter(citation_key__startswith=stem).values_list("citation_key", flat=True)
        return self.first_free_key(stem, set(taken))

    def citation_key_stem(self, family):
        """Return the family name, the year and the first word of the title with more than two letters."""
        family = make_slug(family).replace("-", "") or "anonymous"
        word = next((word for word in make_slug(self.slug_source()).split("-") if len(word) > 2), "")
        return f"{family}{self.issued[:4]}{word}"[:190]

    @staticmethod
    def first_free_key(stem, taken):
        """Return the stem, with a letter or number if it is taken."""
        ends = chain(["", *"abcdefghijklmnopqrstuvwxyz"], map("-{}".format, count(2)))
        return next(stem + end for end in ends if stem + end not in taken)


@revisions.register()
class TaggedPublication(TaggedBase):
    content_object = models.ForeignKey(Publication, models.CASCADE)


class PublicationIndex(SearchIndex):
    publication = indexed(Publication)

    class Meta(SearchIndex.Meta):
        db_table = "search_publication"
