"""The cards of publications in lists, and their authors."""

from django import template
from django.core.cache import caches
from django.template import Context
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from config.cv.words import term, words_of
from config.text.languages import isolated
from config.text.links import external
from config.text.markdown import render_inline
from config.text.plain import plain
from profiles.feeds import VISITOR
from publications.exports import exports_of_list
from publications.models import Authorship, Publication

register = template.Library()

register.filter("term", term)

MAX_AUTHORS = 6  # a longer list of authors is folded
AUTHORS_BEFORE_FOLD = 4
LONG_TITLE, LONGEST_TITLE = 70, 160  # in characters; a longer title is printed smaller
# A venue says that these appeared in a journal or at a conference.
TYPES_OF_VENUES = {"article-journal", "paper-conference"}


@register.simple_tag(takes_context=True)
def cards(context, publications, **options):
    """Return [(publication, HTML of its card)] of publications, from the fragment cache for visitors.

    ``options`` are the variables of publications/_publication.html. Only the missing cards are read from the database,
    so the publications need no prefetching.
    """
    request, cache = context["request"], caches["fragments"]
    person = emphasised(context)
    variant = "-".join(f"{name}={value}" for name, value in sorted(options.items()))
    variant += f"-of={person.pk}" if person else ""
    keys = {
        publication.pk: f"card:{request.content_version}:{variant}:{publication.pk}" for publication in publications
    }
    cached = cache.get_many(keys.values()) if request.fragment_seconds else {}

    missing = [pk for pk, key in keys.items() if key not in cached]
    template = context.template.engine.get_template("publications/_publication.html")
    rows = Publication.objects.visible_to(request.user).for_cards(request.user).filter(pk__in=missing)
    rendered = {
        keys[publication.pk]: template.render(
            Context({"request": request, "publication": publication, "emphasised": person, **options})
        )
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
    works = Publication.objects.published().with_authors(VISITOR).with_resources(VISITOR)
    rows = works.in_bulk([one.pk for one in publications])
    return [rows[one.pk] for one in publications if one.pk in rows]


@register.simple_tag(takes_context=True)
def authors(context, authorships, signs="*†"):
    """Return the names of authors or editors with links to their pages. One of them may be emphasised.

    ``signs`` are those that follow the names, if they apply; the template also explains them. On the page of a CV,
    the variable ``words`` has its words (config/cv/words.toml).
    """
    person, words = emphasised(context), context.get("words") or words_of("en")
    printed = context.get("printed_affiliations")
    names = ((_author(authorship, person, signs, printed, words),) for authorship in authorships)
    return format_html_join(", ", "{}", names)


def emphasised(context):
    """Return the person whose name is emphasised: that of the page, or the owner; on lists of a group nobody."""
    request = context["request"]
    return context.get("emphasised") or (None if request.site_settings.is_group else request.site_owner)


@register.simple_tag
def names(people):
    """Return the names of people with links to their pages."""
    return format_html_join(", ", "{}", ((_linked(person, person.name),) for person in people))


def _linked(person, name):
    html = isolated(format_html("{}", name), str(name))
    if person and person.is_public_page:
        return format_html('<a href="{}">{}</a>', person.get_absolute_url(), html)
    if person and person.homepage:
        return format_html("<a {}>{}</a>", external(person.homepage, "external"), html)
    return html


def _author(authorship, person, signs, printed, words):
    html = _linked(authorship.person, authorship)
    if authorship.is_of(person):
        html = format_html('<strong class="me">{}</strong>', html)
    if numbers := printed and printed.numbers(authorship):
        label = f"affiliation{'s' if len(numbers) > 1 else ''} {' and '.join(map(str, numbers))}"
        html = format_html('{}<sup role="img" aria-label="{}">{}</sup>', html, label, ",".join(map(str, numbers)))
    for column, (sign, _) in Authorship.SIGNS.items():
        if sign in signs and getattr(authorship, column):
            # A screen reader says the meaning instead of the sign.
            meaning = words[column].lower().rstrip(".。")
            html = format_html('{}<sup role="img" aria-label="{}">{}</sup>', html, meaning, sign)
    return format_html("{} ({})", html, words["presenter"]) if authorship.presenter else html


@register.simple_tag
def venue(publication, type_shown=True):
    """Return where a publication appeared: "*Journal* 12(3), pp. 45–67, Track", or "Thesis · *University*".

    The type is left out where the venue says it, and everywhere if not ``type_shown``.
    """
    name = isolated(mark_safe(render_inline(publication.venue)), publication.venue)
    says_type = name and publication.type in TYPES_OF_VENUES
    html = format_html("{}", publication.type_label) if type_shown and not says_type else ""
    if name:
        html = format_html("{}{}<cite>{}</cite>", html, " · " if html else "", name)
    if publication.numbers:
        separator = " " if publication.volume or publication.issue else ", "
        html = format_html('{}{}<span class="numbers">{}</span>', html, separator if html else "", publication.numbers)
    if publication.track:
        html = format_html("{}{}{}", html, ", " if html else "", publication.track)
    return html


@register.simple_tag
def description(publication):
    """Return the description of a publication's page: the beginning of its abstract, or its main facts."""
    start = f"{publication.status_label}. " if publication.status == publication.Status.RETRACTED else ""
    if publication.abstract:
        return truncatechars(start + plain(publication.abstract), 300)
    text = start + publication.type_label
    if publication.byline_text:
        text += f" by {publication.byline_text.removesuffix('.')}"
    elif editors := publication.editors_of_whole:
        text += f" edited by {', '.join(map(str, editors)).removesuffix('.')}"
    if publication.venue:
        text += f". {plain(publication.venue)}"
    if publication.is_forthcoming:
        text += f", {publication.status_label.lower()}"
    elif publication.issued:
        text += f", {publication.issued.display}"
    return text if text.endswith(".") else f"{text}."


@register.simple_tag(takes_context=True)
def fold_authors(context, authorships, limit=MAX_AUTHORS):
    """Return the "first" authors of a long list, the "owner" ([] if among them) and whether others "follow" the owner.

    A list of up to ``limit`` authors is returned as "first", and has no "count".
    """
    if len(authorships) <= limit:
        return {"first": authorships}
    owner = emphasised(context)
    first, rest = authorships[:AUTHORS_BEFORE_FOLD], authorships[AUTHORS_BEFORE_FOLD:]
    is_named = any(authorship.is_of(owner) for authorship in first)
    hidden = [] if is_named else [authorship for authorship in rest if authorship.is_of(owner)][:1]
    follow = rest[-1] not in hidden
    return {"first": first, "owner": hidden, "follow": follow, "count": len(authorships)}


@register.filter
def title_size(publication):
    """Return the class of the heading with a publication's title: "long", "longest" or ""."""
    length = len(plain(publication.title))
    return "longest" if length > LONGEST_TITLE else "long" if length > LONG_TITLE else ""
