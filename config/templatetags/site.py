"""Tags and filters for every template, loaded as builtins. The one place that marks HTML as safe."""

from dataclasses import replace
from functools import partial

from django import template
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from config.pages import metadata
from config.pictures import tokens
from config.pictures.cards import PAGES, card_for
from config.pictures.icons import Icon
from config.text import markdown as md
from profiles import edition
from profiles.content import addresses
from profiles.models import Look
from profiles.views import look_of_site, owner_of_site
from publications.citations import clean
from publications.models import Publication
from publications.references import coins as openurl
from publications.references import highwire
from publications.views import public_reference

register = template.Library()

MOST_AUTHORS = 10  # shown in a list without folding, which is worth it for three names or more
FIRST_AUTHORS = 7


class KeptNode(template.Node):
    def __init__(self, key, nodelist):
        self.key = key
        self.nodelist = nodelist

    def render(self, context):
        key = ("block", *(part.resolve(context) for part in self.key))
        return edition.kept(context.get("request"), key, lambda: self.nodelist.render(context))


@register.tag
def kept(parser, token):
    """``{% kept key … %} … {% endkept %}``: a block that visitors are shown as it was made first in this edition.

    Nothing in it runs while it is kept. All that it depends on besides the content of the site is to be in the key.
    """
    _, *key = token.split_contents()
    nodelist = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptNode([parser.compile_filter(part) for part in key], nodelist)


@register.simple_tag(takes_context=True)
def cards(context, publications, **shown):
    """[(publication, its card)] of a list; those cards that are not kept are made of rows that are read at once.

    ``shown`` says what the cards show (see the template). They see nothing else of the page.
    """
    request, card = context["request"], context.template.engine.get_template("publications/_publication.html")
    variant = ("card", *sorted(shown.items()))

    def make(keys):
        works = Publication.objects.visible_to(request.user).for_cards(request.user)
        own = {"request": request, "owner_of_site": site_owner(context), **shown}
        return {
            (*variant, work.pk): card.render(context.new({**own, "publication": work}))
            for work in works.filter(pk__in=[key[-1] for key in keys])
        }

    found = edition.kept_each(request, [(*variant, publication.pk) for publication in publications], make)
    return [(publication, found.get((*variant, publication.pk), "")) for publication in publications]


SNIPPET_PLACE = "<!--snippet-->"  # no text of a card can hold it: what is not escaped is cleaned of comments


@register.simple_tag
def snippet_place():
    return mark_safe(SNIPPET_PLACE)


@register.filter
def with_snippet(card, pieces):
    """A card that is shown among what was found, with the part of its text that has the words: [(text, is_marked)]."""
    marked = format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if is_marked else text,) for text, is_marked in pieces)
    )
    return mark_safe(card.replace(SNIPPET_PLACE, format_html('<p class="snippet">{}</p>', marked) if pieces else "", 1))


@register.filter
def markdown(text, level=3):
    """Markdown as clean HTML, its headings starting at h``level``."""
    return mark_safe(md.render(text, level)) if text else ""


@register.filter
def inline(text):
    """A title: italics and maths, no blocks and no links."""
    return mark_safe(md.render_inline(str(text)))


@register.filter
def citation(html):
    """A formatted citation, cleaned again, since it comes from a table."""
    return mark_safe(clean(html))


@register.filter
def plain(text):
    """The same without markup, for <title>, descriptions and attributes."""
    return md.plain(text)


def site_owner(context):
    """The owner, or None; asked for once a request."""
    request = context.get("request")
    return owner_of_site(request) if request is not None else None


def site_look(context):
    request = context.get("request")
    return look_of_site(request) if request is not None else Look()


@register.simple_tag(takes_context=True, name="site_owner")
def lazy_owner(context):
    """The owner or None, not asked for where all that tells of them is kept."""
    return SimpleLazyObject(partial(site_owner, context))


@register.simple_tag(takes_context=True, name="site_look")
def lazy_look(context):
    return SimpleLazyObject(partial(site_look, context))


@register.simple_tag(takes_context=True)
def section(context):
    """The part of the site that a page is in: "/tags/", or "/tags/…" for a page below it; "" for any other page."""
    request = context.get("request")
    first, _, rest = request.path[1:].partition("/") if request is not None else ("", "", "")
    return f"/{first}/{'…' if rest else ''}" if first in {*PAGES, "search"} else ""


@register.simple_tag
def colour(name, hue, scheme):
    """A colour of the style sheet as "#rrggbb"."""
    return tokens.colour(name, hue, scheme).hex


register.filter("leading", addresses.leading)


@register.simple_tag
def leads(address, rel=""):
    """The attributes of a link elsewhere: its address, its ``rel``, and its host where that looks like another one."""
    host = addresses.true_host(address)
    return format_html(
        'href="{}" rel="{}"{}',
        addresses.leading(address), f"{rel} noopener".strip(), format_html(' title="{}"', host) if host else "",
    )  # fmt: skip


@register.filter
def shielded(address):
    """An e-mail address, each letter as a character reference: read by people and browsers, missed by harvesters."""
    return mark_safe("".join(f"&#{ord(letter)};" for letter in str(address)))


@register.filter
def mail_address(address):
    """The ``mailto:`` address, percent-encoded and then as in ``shielded``."""
    return shielded("mailto:" + "".join(f"%{byte:02x}" for byte in address.encode()))


@register.simple_tag(takes_context=True)
def is_owner(context, authorship):
    return authorship.is_of(site_owner(context))


@register.simple_tag(takes_context=True)
def fold_authors(context, authorships):
    """The names of a long list in two parts, ``first`` and ``rest``; and whether the rest has the owner's."""
    if len(authorships) <= MOST_AUTHORS:
        return {"first": authorships, "rest": []}
    first, rest = authorships[:FIRST_AUTHORS], authorships[FIRST_AUTHORS:]
    return {"first": first, "rest": rest, "hides_owner": any(is_owner(context, authorship) for authorship in rest)}


@register.simple_tag(takes_context=True)
def absolute(context, path):
    """The whole address of a path on this site, as canonical links and social cards want it."""
    return addresses.absolute(context.get("request"), path)


@register.simple_tag(takes_context=True)
def citation_tags(context, publication, record):
    """[(name, content)] of the meta elements that Google Scholar and Zotero read on the page of a publication.

    ``record`` is the Reference that visitors may have.
    """
    reference = replace(record, title=md.plain(publication.title), abstract=md.plain(record.abstract))
    address = absolute(context, publication.get_absolute_url())
    found = [*highwire.tags(reference), ("citation_abstract_html_url", address), ("citation_public_url", address)]
    # Scholar takes a PDF only from the folder of its page, which is where uploaded ones lie.
    pdf = publication.pdf
    return [*found, ("citation_pdf_url", absolute(context, pdf.href))] if pdf else found


@register.simple_tag
def coins(publication):
    """The OpenURL of a publication in a list, as a reference manager reads it."""
    return openurl.dumps(public_reference(publication, publication.as_reference()))


@register.simple_tag(takes_context=True)
def structured_data(context, kind):
    """The script element with the JSON-LD of a page of that kind, of what its view has put into the context."""
    site = metadata.Site(partial(absolute, context))
    match kind:
        case "owner":
            graph = metadata.page_of_owner(context["owner"], context["owner"].links.all(), site)
        case "person":
            graph = metadata.page_of_person(context["person"], context["person"].links.all(), site)
        case "publication":
            graph = metadata.page_of_publication(context["publication"], context["record"](), context["versions"], site)
        case "project":
            graph = metadata.page_of_project(context["project"], context["members"], context["papers"], site)
        case "activities":
            graph = metadata.page_of_activities(context["object_list"], site)
        case "tag":
            graph = metadata.page_of_tag(context["tag"], site)
    return mark_safe(f'<script type="application/ld+json">{metadata.as_json(graph)}</script>') if graph else ""


@register.simple_tag
def page_links(page):
    """The numbers of pages that a list leads to: few, and from any page to any other in a few steps."""
    last = page.paginator.num_pages
    steps = [digit * 10**power for power in range(len(str(last))) for digit in (1, 2, 5)]
    near = {page.number + sign * step for step in steps for sign in (1, -1)}
    return sorted({1, last, page.number, *(number for number in near if 1 < number < last)})


@register.simple_tag(takes_context=True)
def card_address(context, subject):
    """Where the picture of this page is, or "" for a page that has none, such as that of a draft.

    The address tells the words that are on it, so that services which keep pictures ask again after a change.
    """
    request = context.get("request")
    if request is None or context.get("preview"):
        return ""
    page = request.path.strip("/")
    is_public = getattr(subject, "is_public", True) if subject else page in {"", *PAGES}
    if not is_public:
        return ""

    def key():
        return card_for(subject or page, owner_of_site(request), look_of_site(request)).key

    return absolute(
        context, f"{reverse('card', args=[page or 'home'])}?v={edition.kept(request, ('picture', page), key)}"
    )


@register.simple_tag(takes_context=True)
def icon_address(context, size):
    """Where the site's icon of that size (pixels) is."""
    icon = Icon.of_site(site_owner(context), site_look(context))
    return f"{reverse('icon', args=[size])}?v={icon.key}"


@register.filter
def period(item):
    """The dates of something with ``start`` and ``end``, as precise as they are known: "2021 – May 2024"."""
    if item.start and item.end and item.start != item.end:
        return f"{item.start.display} – {item.end.display}"
    if item.start and getattr(item, "is_ongoing", False):
        return f"since {item.start.display}"
    known = item.start or item.end
    if not known:
        return ""
    return known.display if item.start else f"until {known.display}"


@register.filter
def map_x(longitude):
    """The place of a longitude on the map, whose unit is a degree."""
    return f"{longitude:.2f}"


@register.filter
def map_y(latitude):
    return f"{-latitude:.2f}"
