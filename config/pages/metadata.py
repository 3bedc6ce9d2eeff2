"""The structured data (JSON-LD with schema.org's vocabulary) of pages, composed of what each app provides."""

import json
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from config.text.plain import plain
from profiles.metadata import event, person, without_empty
from projects.metadata import research_project
from publications.metadata import creative_work

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


def page_of_owner(owner, links, site):
    facts = person(owner, site, links)
    changed = owner.updated_at.isoformat()
    page = web_page("ProfilePage", site.home, name=owner.name, dateModified=changed, mainEntity={"@id": facts["@id"]})
    return [page, facts, {"@type": "WebSite", "@id": f"{site.home}#site", "url": site.home, "name": owner.name}]


def page_of_person(someone, links, site):
    address = site.absolute(someone.get_absolute_url())
    facts = person(someone, site, links)
    page = web_page("ProfilePage", address, mainEntity={"@id": facts["@id"]})
    return [page, facts, breadcrumbs("person", someone.name, address, site)]


def page_of_publication(publication, reference, versions, site):
    facts = creative_work(publication, reference, site, versions)
    return [facts, breadcrumbs("publication", facts.get("name", ""), facts["url"], site)]


def page_of_project(project, members, papers, site):
    facts = research_project(project, site, members, papers)
    return [facts, breadcrumbs("project", project.name, facts["url"], site)]


def page_of_tag(tag, site):
    address = site.absolute(tag.get_absolute_url())
    return [web_page("CollectionPage", address, name=tag.name), breadcrumbs("tag", tag.name, address, site)]


def page_of_activities(activities, site):
    """Return the dated talks and trips among the activities, each as an Event."""
    return [event(activity, site) for activity in activities if activity.start and activity.kind in ("talk", "travel")]


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
