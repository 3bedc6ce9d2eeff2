"""The content of a CV, as plain data from which every format is made.

``document_of`` makes a CVDocument from a saved CV and its parts. The CV at /cv/ is made by the same code, from a CV
that is not saved and has all parts (``full_cv``). A document has all that a format needs, in the order of the CV:

- the heading: ``title`` ("Curriculum vitae"), ``owner`` (a Person, with the e-mail address and the links that this CV
  shows), ``address`` (lines), ``phone``, ``contacts`` (pairs of text and URL), ``photo``, and ``updated`` in words;
- ``sections``, each with a ``title``, a ``text`` (Markdown), ``names`` (research interests) and ``groups``;
- groups, each with a ``title`` ("" if the section has only one) and ``entries``;
- entries: texts, of which ``title`` and ``text`` are Markdown; a WorkEntry also has the names and the venue of a
  publication, or its ``citation`` (HTML) if the part has a citation style. ``item`` is the record itself.

The ``href`` of an entry is absolute, or a path of this site that starts with "/"; ``with_host`` completes it.

``parts`` has all sections, also the empty ones that are not shown, with the number of records that each leaves out
(``Section.left_out``). Nothing is left out without being counted there.
"""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from config.cv.records import Records, row_of
from config.cv.selection import is_grouped, select
from config.cv.words import dates, day, numbers_in, term, title_of, words_of
from config.text.languages import isolated_in_text
from config.text.periods import period, running
from config.text.plain import plain
from config.text.source import escaped
from profiles.models import CV, Activity, CVPart, Person, Post
from projects.models import Project
from publications.models import Authorship
from publications.numbering import GROUPS, letter_of

# The parts of the CV at /cv/, if no saved CV is the main one.
ALL_PARTS = [kind for kind in CVPart.Kind.values if kind not in ("text", "biography", "posts")]

MAX_AUTHORS = 40  # shown by name, and the owner in any case; the others are counted
MAX_AUTHORS_IN_SHORT = 3


@dataclass(frozen=True)
class Name:
    """The name of an author, with what follows it: "*†"."""

    text: str
    is_owner: bool
    remark: str


@dataclass(frozen=True)
class Entry:
    """A line of a CV. ``title`` and ``text`` are Markdown, and ``path`` is the record's page on this site, if any."""

    item: Any
    title: str
    path: str = ""
    when: str = ""
    role: str = ""
    where: str = ""
    details: str = ""
    text: str = ""
    href: str = ""

    def __str__(self):
        return plain(self.title)

    @property
    def row(self):
        """The row that the entry is about."""
        return row_of(self.item)

    @property
    def is_draft(self):
        """Whether only editors, and people with a preview link, see it now."""
        return not self.row.is_public

    @property
    def markdown_address(self):
        """Where the CV as Markdown links to: for a project, its page as Markdown."""
        return f"{self.path.removesuffix('/')}.md" if isinstance(self.item, Project) else self.path or self.href


@dataclass(frozen=True)
class WorkEntry(Entry):
    """A publication. ``venue`` has the journal or book, which is set in italics, and ``facts`` what follows it:
    ``place_in_venue``, ``remarks`` such as "In press", and when it was ``issued``.

    ``number`` is empty for a draft, and where the part shows no numbers. ``others`` counts the authors without a name:
    "and 3 others". With a ``citation`` (HTML), only that, the number and the ``contribution`` are shown.
    """

    number: str = ""
    names: list[Name] = field(default_factory=list)
    others: str = ""
    names_end: str = ""
    venue: str = ""
    place_in_venue: str = ""
    remarks: list[str] = field(default_factory=list)
    issued: str = ""
    award: str = ""
    identifier: str = ""
    citation: str = ""
    contribution: str = ""

    @property
    def facts(self):
        return [fact for fact in (self.place_in_venue, *self.remarks, self.issued) if fact]

    @property
    def names_with_ends(self):
        """[(Name, what follows it)]: its remark, and a comma before the next one, or the end of the names."""
        ends = ["," for _ in self.names[1:]] + ["" if self.others else self.names_end]
        return [(name, f"{name.remark}{end}") for name, end in zip(self.names, ends, strict=False)]

    @property
    def names_text(self):
        """The names as text: "Ada Lovelace*, Charles Babbage and 3 others, et al."."""
        names = ", ".join(f"{name.text}{name.remark}" for name in self.names)
        return f"{names} {self.others}".strip() + self.names_end


@dataclass(frozen=True)
class Group:
    """Entries under a heading, or all entries of a section."""

    title: str  # with the number of entries if the part shows totals
    entries: list[Entry]
    #: The type that an English title names: "Journal article".
    type_label: str = ""


@dataclass(frozen=True)
class Section:
    """A part with its content. ``anchor`` is unique in the document."""

    part: CVPart
    title: str
    anchor: str
    text: str = ""
    names: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    total: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def kind(self):
        return self.part.kind

    @property
    def entries(self):
        return [entry for group in self.groups for entry in group.entries]

    @property
    def items(self):
        return [entry.item for entry in self.entries]

    @property
    def is_empty(self):
        return not (self.text or self.names or self.groups)

    @property
    def legend(self):
        """What the signs after the names of authors mean, "" if there are none."""
        works = [entry for entry in self.entries if isinstance(entry, WorkEntry) and not entry.citation]
        remarks = "".join(name.remark for work in works for name in work.names)
        words = words_of(self.part.cv.language)
        return " ".join(f"{sign} {words[column]}" for column, (sign, _) in Authorship.SIGNS.items() if sign in remarks)

    @property
    def shows_numbers(self):
        return self.part.numbering != CVPart.Numbering.NONE


@dataclass(frozen=True)
class CVDocument:
    cv: CV
    owner: Person
    parts: list[Section]
    records: Records

    @property
    def sections(self):
        return [section for section in self.parts if not section.is_empty]

    @property
    def words(self):
        return words_of(self.cv.language)

    @property
    def title(self):
        return self.words["cv"]

    @property
    def address(self):
        return [line.strip() for line in self.cv.address.splitlines() if line.strip()]

    @property
    def phone(self):
        return self.cv.phone

    @property
    def photo(self):
        """The photo of the owner, or None."""
        return self.owner.photo if self.cv.shows_photo and self.owner.photo else None

    @property
    def links(self):
        return self.owner.listed_links if self.cv.shows_homepage else []

    @property
    def phone_url(self):
        return f"tel:{''.join(sign for sign in self.phone if sign in '+0123456789')}"

    @property
    def contacts(self):
        """[(text, URL)] of the ways to reach the owner."""
        owner, found = self.owner, []
        if self.phone:
            found.append((self.phone, self.phone_url))
        if owner.email:
            found.append((owner.email, f"mailto:{owner.email}"))
        if owner.orcid:
            found.append((f"ORCID {owner.orcid}", f"https://orcid.org/{owner.orcid}"))
        if owner.homepage:
            found.append((owner.homepage.removeprefix("https://").strip("/"), owner.homepage))
        return found + [(str(link), link.url) for link in self.links]

    @property
    def changed(self):
        """When the CV, its owner or one of its records was last saved."""
        moments = [self.owner.updated_at, self.cv.updated_at]
        moments += [item.updated_at for section in self.sections for item in section.items]
        return max(filter(None, moments))

    @property
    def updated(self):
        return self.words["updated"].format(day(self.changed, self.cv.language))

    @property
    def summary(self):
        """The biography in Markdown: that of the CV if it has one, and for the full CV that of the owner."""
        biographies = [section.text for section in self.sections if section.kind == CVPart.Kind.BIOGRAPHY]
        return next(iter(biographies), "" if self.cv.pk else self.owner.bio)

    @property
    def page(self):
        """The path of its page."""
        return self._reverse("")

    def address_as(self, ending):
        """Return the path of the CV as a file with that extension."""
        return self._reverse("-markdown" if ending == "md" else f"-{ending}")

    def _reverse(self, end):
        slug = [] if self.cv.is_main or not self.cv.pk else [self.cv.slug]
        return reverse(f"{'saved-cv' if slug else 'cv'}{end}", args=slug)


def with_host(href, absolute):
    """Return an absolute URL; ``absolute`` turns a path into one."""
    return absolute(href) if href.startswith("/") else href


def full_cv(owner, user):
    """Return the CVDocument with all parts."""
    cv = CV()
    return document_of(cv, [CVPart(cv=cv, kind=kind) for kind in ALL_PARTS], owner, user)


def document_of(cv, parts, owner, user):
    """Return the CVDocument of a CV and its parts, saved or not, with what the user may see."""
    records, seen, sections = Records(owner, user, cv.language), {}, []
    for part in parts:
        number = seen[part.kind] = seen.get(part.kind, 0) + 1
        anchor = part.kind if number == 1 else f"{part.kind}-{number}"
        sections.append(_section(cv, part, anchor, owner, records))
    heading = copy(owner)
    heading.email = cv.email or owner.email
    if not cv.shows_homepage:
        heading.homepage = ""
    return CVDocument(cv, heading, sections, records)


def _section(cv, part, anchor, owner, records):
    title = part.title or title_of(part.kind, cv.language)
    match part.kind:
        case CVPart.Kind.TEXT:
            return Section(part, title, anchor, text=part.text)
        case CVPart.Kind.BIOGRAPHY:
            return Section(part, title, anchor, text=part.text or owner.bio)
        case CVPart.Kind.INTERESTS:
            return Section(part, title, anchor, text=part.text, names=[tag.name for tag in owner.tags.all()])
    found = records[part.kind]
    (shown, left_out), words = select(part, found), words_of(cv.language)
    if part.kind == CVPart.Kind.PUBLICATIONS:
        groups = _groups(part, [_work(part, one, owner, records, words) for one in shown], words)
    else:
        entries = [_line(part, one, cv.language) for one in shown]
        groups = [Group("", entries)] if entries else []
    return Section(part, with_total(title, part, shown), anchor, part.text, [], groups, len(found), left_out)


def with_total(title, part, entries):
    """Return a title, and behind it the number of entries if the part shows totals: "Talks (12)"."""
    return f"{title} ({len(entries):,})" if part.shows_totals and entries else title


def _groups(part, entries, words):
    """Return works in one group for each type, or in one for all."""
    if not is_grouped(part):
        return [Group("", entries)] if entries else []
    by_letter = {}
    for entry in entries:
        by_letter.setdefault(letter_of(entry.item.type), []).append(entry)
    return [
        Group(
            with_total(words["groups"][letter], part, by_letter[letter]),
            by_letter[letter],
            "Thesis" if title == "Theses" else title.removesuffix("s"),
        )
        for letter, title, _ in GROUPS
        if letter in by_letter
    ]


def _work(part, work, owner, records, words):
    say, language = records.say, part.cv.language
    editors = work.editors_of_whole
    names = [_name(one, owner, words) for one in editors or work.byline]
    most = MAX_AUTHORS_IN_SHORT if part.is_short else MAX_AUTHORS
    named = [name for place, name in enumerate(names) if place < most or name.is_owner]
    if len(names) - len(named) == 1:
        named = names  # instead of "and 1 others"
    others = len(names) - len(named)
    issued = dates(lambda one: one.issued.display, work, language) if work.issued else ""
    own = next((one for one in work.byline if one.is_of(owner)), None) if part.shows_contribution else None
    return WorkEntry(
        work,
        work.title,
        path=work.get_absolute_url(),
        href=work.doi_url or work.arxiv_url or work.get_absolute_url(),
        number=_numbers(part, records).get(work.pk, ""),
        names=named,
        others=words["others"].format(others) if others else "",
        names_end=f" {words['editor' if len(editors) == 1 else 'editors']}" if editors else work.byline_end,
        venue=isolated_in_text(work.venue),
        place_in_venue=", ".join(
            filter(None, (numbers_in(work.numbers, language), "" if part.is_short else work.track))
        ),
        remarks=list(map(say, work.remarks)),
        issued=issued,
        award="" if part.is_short else work.award,
        identifier=f"doi:{work.doi}" if work.doi else "",
        citation=records.citations.get(work.pk, {}).get(part.citation_style, "") if part.citation_style else "",
        contribution=words["contribution"].format(own.contribution) if own and own.contribution else "",
    )


def _name(authorship, owner, words):
    remark = f"{authorship.signs} ({words['presenter']})" if authorship.presenter else authorship.signs
    return Name(isolated_in_text(str(authorship)), authorship.is_of(owner), remark)


def _numbers(part, records):
    match part.numbering:
        case CVPart.Numbering.TYPE:
            return records.numbers_by_type
        case CVPart.Numbering.STABLE:
            return records.stable_numbers
    return {}


def _line(part, record, language):
    """Return the entry of a record that is not a publication."""
    path, href = record.get_absolute_url(), getattr(record, "url", "")
    when, where, text = period, getattr(record, "where", ""), getattr(record, "description", "")
    title, details = getattr(record, "title", ""), getattr(record, "details", "")
    match record:
        case Project():
            title, when, where = escaped(record.name), running, record.tagline
        case Post():
            when, text = (lambda post: post.date.display), record.summary
        case Activity():
            title, path = title or str(record), ""
            details = record.thesis and term("Thesis: {}", language).format(record.thesis)
    return Entry(
        record,
        title,
        when=dates(when, record, language),
        role=getattr(record, "role", ""),
        where=where,
        details="" if part.is_short else details,
        text="" if part.is_short else text,
        path=path,
        href=href or path,
    )
