"""What the head of a page says to browsers, search engines, reference managers and social networks."""

from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from config.pages import metadata, representations
from config.pictures import tokens
from config.pictures.cards import PAGES, card_for
from config.pictures.icons import Icon
from config.text.plain import plain
from config.text.source import escaped
from profiles.content import addresses
from profiles.members import group_of
from publications.exports import public_reference
from publications.models import Authorship
from publications.references import Date, Name, Reference, coins, highwire

register = template.Library()
register.simple_tag(tokens.colour)


@register.simple_tag(takes_context=True)
def absolute(context, path):
    """Return the absolute URL of a path of this site."""
    return addresses.absolute(context.get("request"), path)


@register.simple_tag(takes_context=True)
def icon_address(context, size):
    """Return the address of the site's icon in a size (pixels)."""
    request = context["request"]
    icon = Icon.of_site(request.site_settings, request.look)
    return f"{reverse('icon', args=[size])}?v={icon.key}"


@register.simple_tag(takes_context=True)
def card_address(context, subject):
    """Return the URL of the page's social card, or "" if it has none, such as a draft.

    It contains a hash of the card's content, so that services that cache pictures load it again after a change.
    """
    request = context.get("request")
    if request is None or context.get("preview"):
        return ""
    page = request.path_info.strip("/")
    is_public = getattr(subject, "is_public", True) if subject else page in {"", *PAGES}
    if not is_public:
        return ""
    card = card_for(subject or page, request.site_settings, request.look)
    return absolute(context, f"{reverse('card', args=[page or 'home'])}?v={card.key}")


@register.simple_tag(takes_context=True)
def citation_tags(context, publication, record):
    """Return [(name, content)] of the meta elements that Google Scholar and Zotero read on a publication's page.

    ``record`` is the Reference with what visitors may see.
    """
    language = publication.language_tag or record.language
    reference = replace(record, title=plain(publication.title), abstract=plain(record.abstract), language=language)
    page = absolute(context, publication.get_absolute_url())
    names, printed = publication.byline or publication.editors, context["printed_affiliations"]
    institutions = [[one.text for one in printed.of(name)] for name in names]
    tags = [
        *highwire.tags(reference, institutions),
        ("citation_abstract_html_url", page),
        ("citation_public_url", page),
    ]
    # Google Scholar accepts a PDF only in the folder of its page, where uploaded files are.
    pdf = publication.pdf
    return [*tags, ("citation_pdf_url", absolute(context, pdf.href))] if pdf else tags


@register.simple_tag(takes_context=True)
def talk_tags(context, talk):
    """Return [(name, content)] of the meta elements that Zotero reads on a talk's page, which make it a presentation.

    The date and the event are those of the last occasion that was given.
    """
    latest = next(iter(talk.given), talk.latest)
    reference = Reference(
        type="speech",
        title=plain(talk.title),
        author=tuple(Authorship(person=person).as_name() for person in talk.speakers.all()),
        issued=Date((tuple(latest.start.date_parts),)) if latest and latest.start else Date(),
        container_title=(latest and latest.event) or "",
        abstract=plain(talk.abstract),
        keyword=tuple(tag.name for tag in talk.tags.all()),
    )
    page = absolute(context, talk.get_absolute_url())
    return [*highwire.tags(reference), ("citation_abstract_html_url", page), ("citation_public_url", page)]


@register.simple_tag(takes_context=True)
def post_tags(context, post):
    """Return [(name, content)] of the meta elements that Zotero reads on the page of a post."""
    request = context["request"]
    owner, group = request.site_owner, group_of(request)
    reference = Reference(
        type="post-weblog",
        title=plain(post.title),
        author=(Name(literal=group.name) if group else Authorship(person=owner).as_name(),) if owner else (),
        issued=Date((tuple(post.date.date_parts),)),
        abstract=plain(post.summary),
        keyword=tuple(tag.name for tag in post.tags.all()),
    )
    return [*highwire.tags(reference), ("citation_public_url", absolute(context, post.get_absolute_url()))]


@register.simple_tag(name="coins")
def coins_of(publication):
    """Return the element that names a publication in a list to reference managers (COinS); "" for a draft."""
    if not publication.is_public:
        return ""
    openurl = coins.dumps(replace(public_reference(publication), title=plain(publication.title)))
    return format_html('<span class="Z3988" title="{}"></span>', openurl)


@register.simple_tag(takes_context=True)
def markdown_address(context):
    """Return the address of the page as Markdown, with its filters and page number; "" if it is not public."""
    is_public = getattr(context.get("object") or context.get("owner"), "is_public", True)
    if "view" not in context or context.get("preview") or not is_public:
        return ""
    match = context["request"].resolver_match
    if match.view_name not in representations.PAGES:
        return ""
    page = context.get("page_obj")
    number = f"page={page.number}" if page and page.number > 1 else ""
    query = urlsplit(context.get("canonical", "")).query or number
    return representations.markdown_address(match.view_name, **match.kwargs) + (f"?{query}" if query else "")


@register.simple_tag(takes_context=True)
def markdown_link(context, item, address=None):
    """Return a Markdown link with the name of an object: to its page as Markdown, or to an address ("": no link).

    Without a request, the context has the function ``absolute_url``.
    """
    text = escaped(metadata.name_of(item))
    if address is None:
        address = f"{item.get_absolute_url().removesuffix('/')}.md"
    as_absolute = context.get("absolute_url") or partial(absolute, context)
    address = as_absolute(address) if address.startswith("/") else addresses.safe_url(address)
    return f"[{text}]({address.replace('(', '%28').replace(')', '%29')})" if address else text


@register.simple_tag(takes_context=True)
def structured_data(context):
    """Return the script element with the JSON-LD of the page; "" for an editor, who sees drafts in its lists."""
    request = context["request"]
    graph = metadata.GRAPHS.get(request.resolver_match.view_name)  # None: a preview in the admin
    if graph is None or request.user.is_staff:
        return ""
    text = metadata.as_json(graph(context, metadata.Site(partial(absolute, context))))
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
