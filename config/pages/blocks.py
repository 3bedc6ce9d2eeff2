"""Blocks in the texts of pages, such as {{ publications tag="kv-cache" }}: what each shows, as HTML and as Markdown.

They are rendered with their page, from what the user may see. To add a kind of block: a subclass of BlockKind in KINDS,
its name in profiles.content.blocks.NAMES, templates/config/blocks/<name>.html, and its form in js/admin/blocks.js.
"""

import re
from dataclasses import replace
from functools import partial

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse

from config.pages.home import selected_papers
from config.text import headings, markdown, videos
from config.text.plain import plain
from config.text.source import escaped
from profiles.content.addresses import absolute
from profiles.content.blocks import GALLERY
from profiles.feeds import VISITOR
from profiles.models import Page, Person, Post, Tag
from projects.models import Project
from publications.citations import styles
from publications.lists import saved_lists
from publications.lists.filters import Filters
from publications.models import Publication, SavedList

MAX_BLOCKS = 30  # in one text: each has some queries
MAX_IMAGES = 60  # in one gallery
HEADING = re.compile(r"<h([1-6])[ >]")


class BlockKind:
    """A kind of block: the ``options`` and ``flags`` that it may have; ``takes`` describes the one word it needs."""

    name = ""
    options = ()
    flags = ()
    repeatable = ()
    takes = ""
    limits = (0, 0)  # by default, and at most
    empty = "There is nothing to show."

    def read(self, block):
        """Return the arguments of ``find()`` from a Block. Raise ValidationError with a sentence."""
        raise NotImplementedError

    def find(self, user, **values):
        """Return the variables of the template with what the user may see, or None if that is nothing."""
        raise NotImplementedError

    def links(self, found):
        """Return [(text, object or address)] that stand for the block where only links are shown."""
        raise NotImplementedError

    @property
    def allowed(self):
        names = self.options + self.flags
        return f"Use {either(names)}." if names else "It has no options."

    def checked(self, block):
        """Return {option: value} and the words of a Block that has only what this kind may have."""
        if block.error:
            raise ValidationError(block.error)
        values = {}
        for name, value in block.options:
            if name not in self.options:
                raise ValidationError(f"“{name[:40]}” is not an option of {self.name}. {self.allowed}")
            if not value:
                raise ValidationError(f"“{name}” has no value. Enter one, or remove “{name}”.")
            if name in values and name not in self.repeatable:
                raise ValidationError(f"“{name}” is there twice. Remove one of them.")
            values.setdefault(name, []).append(value)
        words = [word for word in block.words if word not in self.flags]
        if self.takes and len(words) != 1:
            raise ValidationError(f"Write {self.takes} after “{self.name}”.")
        if not self.takes and words:
            raise ValidationError(f"“{words[0][:40]}” means nothing in {self.name}. {self.allowed}")
        return {name: found if name in self.repeatable else found[0] for name, found in values.items()}, words

    def limit(self, values):
        default, most = self.limits
        text = values.pop("limit", str(default))
        if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= most:
            raise ValidationError(f"“{text[:20]}” is not a limit from 1 to {most}.")
        return int(text)


def either(names):
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def called(model, slug, what):
    """Return the object that has or had a slug, visible or not. Raise ValidationError if there is none."""
    found = model.objects.filter(slug=slug).first() or model.objects.moved_from(slug)
    if found is None and model is Tag:
        found = Tag.objects.spelt(slug)
    if found is None:
        raise ValidationError(f"There is no {what} “{slug[:60]}”. It may have been deleted, or its address mistyped.")
    return found


class PublicationsBlock(BlockKind):
    name = "publications"
    options = ("tag", "year", "type", "author", "q", "limit")
    flags = ("selected",)
    repeatable = ("tag",)
    limits = (20, 50)
    empty = "No publications match."

    def read(self, block):
        values, _ = self.checked(block)
        limit, query = self.limit(values), QueryDict(mutable=True)
        for name, value in values.items():
            query.setlist(name, value if name in self.repeatable else [value])
        try:
            filters = Filters.from_query(query)
        except Http404 as error:
            raise ValidationError(str(error)) from error
        tags = [called(Tag, slug, "tag") for slug in filters.tags]
        author = called(Person, filters.author, "person") if filters.author else None
        filters = replace(filters, tags=tuple(sorted({tag.slug for tag in tags})), author=author.slug if author else "")
        type_label = Publication.TYPE_LABELS.get(filters.type, "")
        names = [*map(str, tags), filters.year, type_label, author, filters.q and f"“{filters.q}”"]
        label = ", ".join(str(name) for name in names if name)
        return {"filters": filters, "selected": "selected" in block.words, "limit": limit, "label": label}

    def find(self, user, *, filters, selected, limit, label):
        works = filters.apply(Publication.objects.visible_to(user).works(user), user)
        if selected:
            papers = selected_papers(user)
            if filters:
                keys = set(works.filter(pk__in=[paper.pk for paper in papers]).values_list("pk", flat=True))
                papers = [paper for paper in papers if paper.pk in keys]
        else:
            papers = list(works.newest_first().only("issued", "slug", "status", "title")[: limit + 1])
        if not papers:
            return None
        if len(papers) <= limit or selected:
            return {"papers": papers[:limit]}
        all_href = reverse("publications:publications") + filters.query_string()
        return {"papers": papers[:limit], "count": works.count(), "label": label, "all_href": all_href}

    def links(self, found):
        years = [(paper, str(paper.issued)[:4]) for paper in found["papers"]]
        links = [(f"{plain(paper.title)} ({year})" if year else plain(paper.title), paper) for paper, year in years]
        return [*links, (f"All {found['count']} publications", found["all_href"])] if "count" in found else links


class ListBlock(BlockKind):
    name = "list"
    options = ("name", "limit")
    limits = (50, 200)
    empty = "This list is not public, or has no publications."

    def read(self, block):
        values, _ = self.checked(block)
        limit = self.limit(values)
        if "name" not in values:
            raise ValidationError("Write name= and the last part of the list’s address: {{ list name=my-papers }}.")
        return {"pk": called(SavedList, values["name"], "list").pk, "limit": limit}

    def find(self, user, *, pk, limit):
        saved_list = SavedList.objects.visible_to(user).prefetch_related("rows", "tags", "people").filter(pk=pk).first()
        if saved_list is None:
            return None
        works = saved_lists.works_of(saved_list, user)
        style = styles.available().get(saved_list.citation_style)
        shown = saved_lists.shown(saved_list, works, style, user, limit + 1)
        if not shown["papers"]:
            return None
        found = {name: rows[:limit] for name, rows in shown.items()} | {"saved_list": saved_list, "style": style}
        is_whole = len(shown["papers"]) <= limit
        return found if is_whole else {**found, "count": works.count(), "all_href": saved_list.get_absolute_url()}

    def links(self, found):
        links = [(plain(paper.title), paper) for paper in found["papers"]]
        return [*links, (f"All {found['count']} publications", found["saved_list"])] if "count" in found else links


class PersonBlock(BlockKind):
    name = "person"
    takes = "the last part of the address of the person’s page, such as {{ person ada-lovelace }},"
    empty = "This person has no public page."

    def read(self, block):
        _, [slug] = self.checked(block)
        return {"pk": called(Person, slug, "person").pk}

    def find(self, user, *, pk):
        person = Person.objects.visible_to(user).filter(pk=pk).first()
        return person and {"person": person}

    def links(self, found):
        return [(found["person"].name, found["person"])]


class ProjectBlock(BlockKind):
    name = "project"
    takes = "the last part of the address of the project’s page, such as {{ project my-software }},"
    empty = "This project is not public."

    def read(self, block):
        _, [slug] = self.checked(block)
        return {"pk": called(Project, slug, "project").pk}

    def find(self, user, *, pk):
        project = Project.objects.visible_to(user).for_listing(user).filter(pk=pk).first()
        return project and {"project": project}

    def links(self, found):
        return [(found["project"].name, found["project"])]


class PostsBlock(BlockKind):
    name = "posts"
    options = ("tag", "limit")
    limits = (5, 20)
    empty = "There are no posts."

    def read(self, block):
        values, _ = self.checked(block)
        limit = self.limit(values)
        return {"tag": called(Tag, values["tag"], "tag") if "tag" in values else None, "limit": limit}

    def find(self, user, *, tag, limit):
        posts = Post.objects.visible_to(user)
        posts = posts.filter(taggedpost__tag=tag) if tag else posts
        found = list(posts.by_date()[: limit + 1])
        if not found:
            return None
        if len(found) <= limit:
            return {"posts": found}
        all_href, label = reverse(Page.BuiltIn.NEWS), "All news"
        if tag:
            all_href, label = tag.get_absolute_url(), f"Everything tagged “{tag}”"
        return {"posts": found[:limit], "all_href": all_href, "label": label}

    def links(self, found):
        links = [(f"{plain(post.title)} ({post.date})", post) for post in found["posts"]]
        return [*links, (found["label"], found["all_href"])] if "label" in found else links


class VideoBlock(BlockKind):
    name = "video"
    options = ("title", "poster")
    takes = "the address of the video, or the name of a file beside the page,"

    def read(self, block):
        values, [address] = self.checked(block)
        video = videos.read(address)
        if video is None and not videos.FILE.fullmatch(address):
            sentence = "is not a video on YouTube, Vimeo or PeerTube, nor a file of this site such as lecture.mp4."
            raise ValidationError(f"“{address[:100]}” {sentence}")
        poster = markdown.local_image(values.get("poster", ""))
        if "poster" in values and not poster:
            raise ValidationError(f"The poster “{values['poster'][:100]}” is not an image of this site. Upload it.")
        return {"video": video, "file": "" if video else address, "title": values.get("title", ""), "poster": poster}

    def find(self, user, *, video, file, title, poster):
        return {"video": video, "file": file, "title": title, "poster": poster}

    def links(self, found):
        video = found["video"]
        title = found["title"] or (f"Video on {video.site}" if video else "Video")
        return [(title, video.page if video else found["file"])]


class GalleryBlock(BlockKind):
    name = GALLERY
    empty = "The gallery has no images."

    def read(self, block):
        self.checked(block)
        images, rest = markdown.images_of(block.content)
        if rest:
            line = f"“{rest[:60]}”"
            raise ValidationError(f"A gallery has images only, but this one has {line}. Write it below the gallery.")
        if len(images) > MAX_IMAGES:
            raise ValidationError(f"A gallery has at most {MAX_IMAGES} images. Make two of them.")
        for source, _, _ in images:
            if not markdown.local_image(source):
                raise ValidationError(f"“{source[:100]}” is not an image of this site. Upload it with “Image”.")
        return {"images": [(markdown.local_image(source), alt, caption) for source, alt, caption in images]}

    def find(self, user, *, images):
        return {"images": images} if images else None

    def links(self, found):
        return [(alt or "Image", source) for source, alt, _ in found["images"]]


KINDS = {kind.name: kind() for kind in (
    PublicationsBlock, ListBlock, PersonBlock, ProjectBlock, PostsBlock, VideoBlock, GalleryBlock,
)}  # fmt: skip


def read(block):
    """Return (kind, the arguments of its ``find()``) of a Block. Raise ValidationError with a sentence."""
    kind = KINDS[block.name.removeprefix("/")]
    return kind, kind.read(block)


def render(text, request, level=2):
    """Return a Markdown text as clean HTML with its blocks, and with headings from h``level`` on."""
    return with_blocks(*markdown.render_with_places(text, level), request, level)


def anchored(text, request, level=2):
    """Return the AnchoredText of a text with its blocks, whose own headings are not in the contents."""
    html, found = markdown.render_with_places(text, level)
    result = headings.anchored(html)
    result.html = with_blocks(result.html, found, request, level)
    return result


def with_blocks(html, found, request, level):
    """Return HTML with its blocks at their places. The headings of a block follow the heading before it."""
    current = level - 1
    first, *rest = markdown.PLACE_OF_BLOCK.split(html)
    pieces = [first]
    for count, (number, following) in enumerate(zip(rest[::2], rest[1::2], strict=True)):
        current = int([current, *HEADING.findall(pieces[-1])][-1])
        block = found[int(number)]
        if count < MAX_BLOCKS:
            pieces.append(_block(block, request, min(current + 1, 6)))
        elif count == MAX_BLOCKS:
            pieces.append(_note(block, f"A text shows at most {MAX_BLOCKS} blocks.", request))
        pieces.append(following)
    return "".join(pieces)


def _block(block, request, level):
    try:
        kind, values = read(block)
    except ValidationError as error:
        return _note(block, error.message, request)
    found = kind.find(request.user, **values)
    if not found:
        return _note(block, kind.empty, request)
    if video := found.get("video"):
        request.frame_origins = {*getattr(request, "frame_origins", ()), video.origin}
    return render_to_string(f"config/blocks/{kind.name}.html", {**found, "level": level}, request)


def _note(block, sentence, request):
    """Return a note for editors. Visitors see nothing of a block that cannot be shown."""
    context = {"source": block.source[:200], "sentence": sentence}
    return render_to_string("config/blocks/note.html", context) if request.user.is_staff else ""


def as_source(text, request):
    """Return a Markdown text whose blocks are links to pages as Markdown, with what visitors may see."""

    def address(target):
        if isinstance(target, str):
            return target
        return absolute(request, f"{target.get_absolute_url().removesuffix('/')}.md")

    return _with_links(text, address)


def as_links(text):
    """Return a Markdown text whose blocks are links to pages, with what visitors may see; for feeds."""
    return _with_links(text, lambda target: target if isinstance(target, str) else target.get_absolute_url())


def _with_links(text, address):
    if "{{" not in text:
        return text
    lines, position, result = text.replace("\r\n", "\n").split("\n"), 0, []
    for count, (block, start, end) in enumerate(markdown.blocks_of(text)):
        links = _lines(block, address) if count < MAX_BLOCKS else []
        result += [*lines[position:start], "", *links, ""]
        position = end
    return "\n".join([*result, *lines[position:]])


def _lines(block, address):
    try:
        kind, values = read(block)
    except ValidationError:
        return []
    found = kind.find(VISITOR, **values)
    link = partial(_link, address)
    sign = "!" if kind.name == GALLERY else "- "
    return [f"{sign}{link(*pair)}" for pair in kind.links(found)] if found else []


def _link(address, text, target):
    href = address(target).replace("(", "%28").replace(")", "%29")
    return f"[{escaped(text)}]({href})"
