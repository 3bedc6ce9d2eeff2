"""The structured data (JSON-LD with schema.org's vocabulary) of pages, composed of what each app provides."""

import json
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from config.text.plain import plain
from profiles.metadata import event, person, without_empty
from profiles.models import Activity
from projects.metadata import research_project
from publications.metadata import creative_work
from publications.models import Publication

# JSON escapes for the characters that could end a script element or start a comment in it.
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
# The parents of pages in the breadcrumbs: (URL name, label).
PARENTS = {
    "publication": ("publications:publications", "Publications"),
    "project": ("projects:projects", "Projects"),
    "person": ("profiles:people", "People"),
    "tag": ("tags", "Tags"),
}


@dataclass(frozen=True)
class Site:
    """The ``site`` of the apps' metadata modules (see profiles.metadata); ``absolute`` turns a path into a URL."""

    absolute: object

    plain = staticmethod(plain)

    @cached_property
    def home(self):
        return self.absolute(reverse("home"))

    def picture(self, picture):
        """Return the URL of an image's largest WebP rendition, or "" without an image."""
        if not picture:
            return ""
        renditions = [found for sources in picture.aspect_ratios.values() for found in sources["WEBP"].items()]
        return self.absolute(max(renditions)[1].url) if renditions else ""


def as_json(graph):
    """Return a graph as JSON that cannot end the script element around it."""
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return text.translate(ESCAPES)


def web_page(type_, address, **facts):
    return {"@type": type_, "@id": address, "url": address, **facts}


def name_of(item):
    """Return the name of an object as plain text. Titles of publications and activities are Markdown."""
    return plain(str(item)) if isinstance(item, Publication | Activity) else str(item)


def item_list(items, site, first=1, **facts):
    """Return an ItemList of objects with pages, the first of which has the position ``first`` in the whole list."""
    rows = [
        {"@type": "ListItem", "position": position, "url": site.absolute(item.get_absolute_url()),
         "name": name_of(item)}
        for position, item in enumerate(items, first)
    ]  # fmt: skip
    return {"@type": "ItemList", **facts, "itemListElement": rows}


def collection(name, address, items):
    return web_page("CollectionPage", address, name=name, mainEntity=items)


def list_of(name):
    """Return the function for the list with that title: the objects on its page, and the number of all."""

    def graph(context, site):
        page, address = context["page_obj"], context.get("canonical") or context["view"].request.path
        items = item_list(page, site, page.start_index() or 1, numberOfItems=page.paginator.count)
        return [collection(name, site.absolute(address), items)]

    return graph


def papers_of(address, papers, site):
    return [item_list(papers, site, **{"@id": f"{address}#publications", "name": "Publications"})] if papers else []


def home(context, site):
    owner = context["owner"]
    if owner is None:
        return []
    facts = person(owner, site, owner.links.all())
    changed = owner.updated_at.isoformat()
    page = web_page("ProfilePage", site.home, name=owner.name, dateModified=changed, mainEntity={"@id": facts["@id"]})
    return [page, facts, {"@type": "WebSite", "@id": f"{site.home}#site", "url": site.home, "name": owner.name}]


def person_page(context, site):
    someone = context["person"]
    address = site.absolute(someone.get_absolute_url())
    facts = person(someone, site, someone.links.all())
    page = web_page("ProfilePage", address, mainEntity={"@id": facts["@id"]})
    steps = breadcrumbs("person", someone.name, address, site)
    return [page, facts, *papers_of(address, context["papers"], site), steps]


def publication_page(context, site):
    facts = creative_work(context["publication"], context["record"], site, context["versions"])
    return [facts, breadcrumbs("publication", facts.get("name", ""), facts["url"], site)]


def project_page(context, site):
    project, papers = context["project"], context["papers"]
    facts = research_project(project, site, context["members"], papers)
    return [facts, *papers_of(facts["url"], papers, site), breadcrumbs("project", project.name, facts["url"], site)]


def tag_page(context, site):
    tag = context["tag"]
    address = site.absolute(tag.get_absolute_url())
    items = [item for kind in ("people", "papers", "projects", "activities") for item in context[kind]]
    page = collection(tag.name, address, item_list(items, site))
    return [page, breadcrumbs("tag", tag.name, address, site)]


def activities_page(context, site):
    """Return the list of all activities, and the talks and trips with a date, each as an Event."""
    activities = context["object_list"]
    items = item_list(activities, site, numberOfItems=len(activities))
    dated = [activity for activity in activities if activity.start and activity.kind in ("talk", "travel")]
    page = collection("Activities", site.absolute(reverse("profiles:activities")), items)
    return [page, *(event(activity, site) for activity in dated)]


def breadcrumbs(kind, name, address, site):
    parent, label = PARENTS[kind]
    steps = [("Home", site.home), (label, site.absolute(reverse(parent))), (name, address)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            without_empty({"@type": "ListItem", "position": position, "name": name, "item": address})
            for position, (name, address) in enumerate(steps, 1)
        ],
    }


# The function that returns the graph of a page from the context of its template, by URL name.
GRAPHS = {
    "home": home,
    "tags": list_of("Tags"),
    "tag": tag_page,
    "publications:publications": list_of("Publications"),
    "publications:publication": publication_page,
    "projects:projects": list_of("Projects"),
    "projects:project": project_page,
    "profiles:people": list_of("People"),
    "profiles:person": person_page,
    "profiles:activities": activities_page,
}
