"""The cards of publications in lists, and their authors."""

from django import template
from django.core.cache import caches
from django.template import Context
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from config.text.languages import isolated
from config.text.links import external
from config.text.markdown import render_inline
from config.text.plain import plain
from profiles.feeds import VISITOR
from publications.exports import exports_of_list
from publications.models import Authorship, Publication

register = template.Library()

MAX_AUTHORS = 10  # a longer list of authors is folded
AUTHORS_BEFORE_FOLD = 7
# A screen reader says the meaning instead of the sign.
SIGNS = {
    sign: format_html('<sup role="img" aria-label="{}">{}</sup>', meaning.lower(), sign)
    for sign, meaning in Authorship.SIGNS.values()
}


@register.simple_tag(takes_context=True)
def cards(context, publications, **options):
    """Return [(publication, HTML of its card)] of publications, from the fragment cache for visitors.

    ``options`` are the variables of publications/_publication.html. Only the missing cards are read from the database,
    so the publications need no prefetching.
    """
    request, cache = context["request"], caches["fragments"]
    variant = "-".join(f"{name}={value}" for name, value in sorted(options.items()))
    keys = {
        publication.pk: f"card:{request.content_version}:{variant}:{publication.pk}" for publication in publications
    }
    cached = cache.get_many(keys.values()) if request.fragment_seconds else {}

    missing = [pk for pk, key in keys.items() if key not in cached]
    template = context.template.engine.get_template("publications/_publication.html")
    rows = Publication.objects.visible_to(request.user).for_cards(request.user).filter(pk__in=missing)
    rendered = {
        keys[publication.pk]: template.render(Context({"request": request, "publication": publication, **options}))
        for publication in (rows if missing else ())
    }
    if request.fragment_seconds:
        cache.set_many(rendered, request.fragment_seconds)

    html = {**cached, **rendered}
    return [(publication, html.get(keys[publication.pk], "")) for publication in publications]


@register.simple_tag
def list_exports(**filters):
    """Return [(label, address, media type)] of the exports of the list with filters: tag="engines"."""
    return exports_of_list(f"?{urlencode(filters)}")


@register.simple_tag
def in_full(publications):
    """Return publications of a list, which have few columns, with all that visitors may see of them."""
    rows = Publication.objects.published().with_authors(VISITOR).in_bulk([one.pk for one in publications])
    return [rows[one.pk] for one in publications if one.pk in rows]


@register.simple_tag(takes_context=True)
def authors(context, authorships, signs="*†"):
    """Return the names of authors or editors with links to their pages. The owner's name is emphasised.

    ``signs`` are those that follow the names, if they apply; the template also explains them.
    """
    owner = context["request"].site_owner
    return format_html_join(", ", "{}", ((_author(authorship, owner, signs),) for authorship in authorships))


def _author(authorship, owner, signs):
    person, html = authorship.person, isolated(format_html("{}", authorship), str(authorship))
    if person and person.is_public_page:
        html = format_html('<a href="{}">{}</a>', person.get_absolute_url(), html)
    elif person and person.homepage:
        html = format_html("<a {}>{}</a>", external(person.homepage, "external"), html)
    if authorship.is_of(owner):
        html = format_html('<strong class="me">{}</strong>', html)
    for sign in authorship.signs:
        if sign in signs:
            html += SIGNS[sign]
    return html + mark_safe(" (presenter)") if authorship.presenter else html


@register.simple_tag
def venue(publication):
    """Return where a publication appeared, after its type: " · *Journal* 12(3), pp. 45–67, Track"."""
    name = isolated(mark_safe(render_inline(publication.venue)), publication.venue)
    html = format_html(" · <cite>{}</cite>", name) if name else ""
    if publication.numbers:
        separator = " " if publication.volume or publication.issue else ", "
        html = format_html("{}{}{}", html, separator, publication.numbers)
    return format_html("{}, {}", html, publication.track) if publication.track else html


@register.simple_tag
def description(publication):
    """Return the description of a publication's page: the beginning of its abstract, or its main facts."""
    if publication.abstract:
        return truncatechars(plain(publication.abstract), 300)
    text = publication.type_label
    if publication.byline_text:
        text += f" by {publication.byline_text.removesuffix('.')}"
    if publication.venue:
        text += f". {plain(publication.venue)}"
    if publication.is_forthcoming:
        text += f", {publication.status_label.lower()}"
    elif publication.issued:
        text += f", {publication.issued.display}"
    return text if text.endswith(".") else f"{text}."


@register.simple_tag
def snippet(pieces):
    """Return a search snippet, [(text, whether it was searched for)], with the words marked."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if is_match else text,) for text, is_match in pieces)
    )


@register.simple_tag(takes_context=True)
def fold_authors(context, authorships):
    """Return the "first" authors of a list; if it is long, also the "rest", and whether that "hides_owner"."""
    if len(authorships) <= MAX_AUTHORS:
        return {"first": authorships, "rest": []}
    owner = context["request"].site_owner
    first, rest = authorships[:AUTHORS_BEFORE_FOLD], authorships[AUTHORS_BEFORE_FOLD:]
    return {"first": first, "rest": rest, "hides_owner": any(authorship.is_of(owner) for authorship in rest)}
