"""The menu of the site, as the user of a request sees it: the one that an editor has saved, or the automatic one."""

from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db.models import Q
from django.urls import reverse

from config.pages.contents import pages_of_request
from profiles.content.addresses import path_of
from profiles.members import group_of
from profiles.models import Page
from profiles.models.page import ANCESTORS
from publications.models import SavedList

# The automatic menu, as far as the pages have content: (URL name, label).
AUTOMATIC = [
    ("publications:publications", "Publications"),
    ("projects:projects", "Projects"),
    ("projects:grants", "Grants"),
    ("profiles:news", "News"),
    ("profiles:talks", "Talks"),
    ("profiles:teaching", "Teaching"),
    ("profiles:activities", "Activities"),
    ("profiles:people", "People"),
    ("cv", "CV"),
    ("search", "Search"),
]


@dataclass(frozen=True)
class MenuLink:
    """An entry of the menu. ``current`` is for ``aria-current``; ``page`` is what visitors do not see yet there."""

    label: str
    href: str = ""
    page: Page | SavedList | None = None
    children: list = field(default_factory=list)
    current: str = ""

    def at(self, path):
        """Return the entry as the page at that path shows it: "page" is current, or "true" for one above it."""
        children = [child.at(path) for child in self.children]
        is_above = path.startswith(self.href) if self.href not in ("", reverse("home")) else False
        is_open = is_above or any(child.current for child in children)
        current = "page" if path == self.href and not children else "true" if is_open else ""
        return replace(self, children=children, current=current)


def menu_of_request(request):
    """Return the MenuLinks for the user of a request; for visitors, cached for the content version."""
    seconds = getattr(request, "fragment_seconds", 0)
    if not seconds:
        return make_menu(request)
    return caches["fragments"].get_or_set(f"menu:{request.content_version}", lambda: make_menu(request), seconds)


def make_menu(request):
    pages, menu = pages_of_request(request), getattr(request.site_owner, "menu", None)
    if menu is None:
        # The CV is the owner's, whose page links to it on the site of a group.
        shown = pages - {"cv"} if group_of(request) else pages
        return [MenuLink(label, reverse(name)) for name, label in AUTOMATIC if name in shown]
    user = getattr(request, "user", None) or AnonymousUser()  # an error page may come before the user is known
    return saved_menu(menu, pages | {"home"}, user)


def saved_menu(menu, pages, user):
    """Return the MenuLinks of a Menu: without pages that the user does not see or that are empty, and their submenus.

    The submenu of an entry with an address starts with that address, because the entry itself opens the submenu.
    """
    visible = Q(page=None) | Q(page__in=Page.objects.visible_to(user))
    rows = list(menu.items.filter(visible).select_related(f"page__{ANCESTORS[-1]}"))
    has_paths = any(item.url.startswith("/") for item in rows)
    drafts = {path_of(one): one for one in SavedList.objects.all() if not one.is_public} if has_paths else {}
    items = [
        item
        for item in rows
        if (not item.built_in or item.built_in in pages) and (user.is_staff or item.url not in drafts)
    ]
    links = []
    for item in items:
        if item.parent_id is None:
            children = [link_to(child, drafts) for child in items if child.parent_id == item.pk]
            own = link_to(item, drafts)
            if children and own.href:
                children.insert(0, replace(own, label=str(item.page or item.get_built_in_display() or item)))
            if own.href or children:
                links.append(replace(own, children=children))
    return links


def link_to(item, drafts):
    """Return the MenuLink of an item. ``drafts`` are the lists that visitors do not see, by their paths."""
    page = item.page if item.page and not item.page.is_public else drafts.get(item.url)
    return MenuLink(str(item), item.get_absolute_url(), page)
