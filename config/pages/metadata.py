"""The structured data (JSON-LD with schema.org's vocabulary) of pages, composed of what each app provides."""

import json
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from config.text.plain import plain
from profiles.members import group_of
from profiles.metadata import (
    affiliations,
    blog_posting,
    course,
    event,
    group_id,
    occasion_event,
    person,
    person_reference,
    research_group,
    without_empty,
)
from profiles.models import Activity, Post, Talk
from projects.metadata import grant_reference, research_grant, research_project
from projects.models import Grant
from publications.metadata import creative_work
from publications.models import Publication

# JSON escapes for the characters that could end a script element or start a comment in it.
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
# The parents of pages in the breadcrumbs: (URL name, label).
PARENTS = {
    "publication": ("publications:publications", "Publications"),
    "list": ("publications:publications", "Publications"),
    "project": ("projects:projects", "Projects"),
    "grant": ("projects:grants", "Grants"),
    "talk": ("profiles:talks", "Talks"),
    "course": ("profiles:teaching", "Teaching"),
    "person": ("profiles:people", "People"),
    "post": ("profiles:news", "News"),
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
    """Return the name of an object as plain text. Titles that visitors see in Markdown lose its signs."""
    return plain(str(item)) if isinstance(item, Publication | Activity | Talk | Grant | Post) else str(item)


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


def people_list(context, site):
    """Return the list of people. On the site of a group it begins with the members who have a page."""
    if not context["members"]:
        return list_of("People")(context, site)
    members = (member.person for member in context["members"])
    people = [*(person for person in members if person.is_public_page), *context["page_obj"]]
    return [collection("People", site.absolute(context["view"].request.path), item_list(people, site))]


def papers_of(address, papers, site):
    return [item_list(papers, site, **{"@id": f"{address}#publications", "name": "Publications"})] if papers else []


def home(context, site):
    owner = context["owner"]
    if owner is None:
        return []
    if group := group_of(context["view"].request):
        members = context["members"].current if context["members"] else []
        facts = research_group(group, site, members)
        page = web_page("WebPage", site.home, name=group.name, mainEntity={"@id": facts["@id"]})
        return [page, facts, web_site(site, group.name)]
    current = [one for one in context["affiliations"] if one.is_current]
    facts = person(owner, site, owner.links.all()) | affiliations(site, activities=context["career"], current=current)
    changed = owner.updated_at.isoformat()
    page = web_page("ProfilePage", site.home, name=owner.name, dateModified=changed, mainEntity={"@id": facts["@id"]})
    return [page, facts, web_site(site, owner.name)]


def web_site(site, name):
    return {"@type": "WebSite", "@id": f"{site.home}#site", "url": site.home, "name": name}


def person_page(context, site):
    someone = context["person"]
    address = site.absolute(someone.get_absolute_url())
    group = group_of(context["view"].request)
    facts = person(someone, site, someone.links.all())
    current = [one for one in context["affiliations"] if one.is_current]
    facts |= affiliations(site, context["memberships"], context["activities"], group, current)
    page = web_page("ProfilePage", address, mainEntity={"@id": facts["@id"]})
    steps = breadcrumbs("person", someone.name, address, site)
    return [page, facts, *papers_of(address, context["papers"], site), steps]


def publication_page(context, site):
    facts = creative_work(
        context["publication"], context["record"], site, context["versions"], context["printed_affiliations"]
    )
    if funding := [grant_reference(grant, site) for grant in context["grants"] if grant.is_public]:
        facts["funding"] = funding
    return [facts, breadcrumbs("publication", facts.get("name", ""), facts["url"], site)]


def project_page(context, site):
    project, papers = context["project"], context["papers"]
    grants = [grant for grant in context["grants"] if grant.is_public]
    facts = research_project(project, site, context["members"], papers, grants)
    return [facts, *papers_of(facts["url"], papers, site), breadcrumbs("project", project.name, facts["url"], site)]


def grants_page(context, site):
    grants = [grant for _, some in context["groups"] for grant in some]
    listed = item_list(grants, site, numberOfItems=len(grants))
    return [collection("Grants", site.absolute(reverse("projects:grants")), listed)]


def grant_page(context, site):
    grant, papers = context["grant"], context["papers"]
    facts = research_grant(grant, site, papers, context["projects"])
    return [
        facts,
        *papers_of(facts["url"], papers, site),
        breadcrumbs("grant", facts.get("name", ""), facts["url"], site),
    ]


def courses_page(context, site):
    items = [*context["current"], *context["past"]]
    listed = item_list(items, site, numberOfItems=len(items))
    return [collection("Teaching", site.absolute(reverse("profiles:teaching")), listed)]


def course_page(context, site):
    facts = course(context["course"], site)
    return [facts, breadcrumbs("course", facts.get("name", ""), facts["url"], site)]


def author_of_site(request, site):
    """Return the data of the group or the person whose site it is, or None."""
    if group := group_of(request):
        return {"@type": "ResearchOrganization", "@id": group_id(site), "name": group.name, "url": site.home}
    return person_reference(request.site_owner, site) if request.site_owner else None


def post_page(context, site):
    post = context["post"]
    people = [person_reference(person, site) for person in context["people"]]
    works = [
        {"@type": type_, "@id": site.absolute(item.get_absolute_url()), "name": name_of(item)}
        for type_, items in (("CreativeWork", context["papers"]), ("ResearchProject", context["projects"]))
        for item in items
    ]
    facts = blog_posting(post, site, author_of_site(context["view"].request, site), [*people, *works])
    return [facts, breadcrumbs("post", facts.get("headline", ""), facts["url"], site)]


def own_page(context, site):
    page, above = context["page"], context["above"]
    address = site.absolute(page.get_absolute_url())
    facts = {
        "name": page.title,
        "description": site.plain(page.body)[:300],
        "dateModified": page.updated_at.isoformat(),
        "keywords": [tag.name for tag in page.tags.all()],
    }
    parents = [(parent.title, site.absolute(parent.get_absolute_url())) for parent in above]
    return [web_page("WebPage", address, **without_empty(facts)), steps_to(parents, page.title, address, site)]


def tag_page(context, site):
    tag = context["tag"]
    address = site.absolute(tag.get_absolute_url())
    kinds = ("people", "papers", "projects", "grants", "talks", "courses", "posts", "activities", "pages")
    items = [item for kind in kinds for item in context[kind]]
    page = collection(tag.name, address, item_list(items, site))
    return [page, breadcrumbs("tag", tag.name, address, site)]


def saved_list_page(context, site):
    saved_list = context["saved_list"]
    address = site.absolute(saved_list.get_absolute_url())
    page = collection(saved_list.name, address, item_list(context["papers"], site))
    return [page, breadcrumbs("list", saved_list.name, address, site)]


def activities_page(context, site):
    """Return the list of all activities, and the trips with a date, each as an Event."""
    activities = context["object_list"]
    items = item_list(activities, site, numberOfItems=len(activities))
    dated = [activity for activity in activities if activity.start and activity.kind == Activity.Kind.TRAVEL]
    page = collection("Activities", site.absolute(reverse("profiles:activities")), items)
    return [page, *(event(activity, site) for activity in dated)]


def talks_page(context, site):
    """Return the list of all talks, and each occasion with a date as an Event."""
    talks = context["object_list"]
    items = item_list(talks, site, numberOfItems=len(talks))
    return [collection("Talks", site.absolute(reverse("profiles:talks")), items), *events_of(talks, site)]


def talk_page(context, site):
    talk = context["talk"]
    address = site.absolute(talk.get_absolute_url())
    papers = papers_of(address, context["papers"], site)
    return [*events_of([talk], site), *papers, breadcrumbs("talk", name_of(talk), address, site)]


def events_of(talks, site):
    occasions = ((talk, occasion) for talk in talks for occasion in talk.occasions.all() if occasion.start)
    return [occasion_event(talk, occasion, site) for talk, occasion in occasions]


def breadcrumbs(kind, name, address, site):
    parent, label = PARENTS[kind]
    return steps_to([(label, site.absolute(reverse(parent)))], name, address, site)


def steps_to(parents, name, address, site):
    """Return the breadcrumbs of a page below others, which are [(name, address)]."""
    steps = [("Home", site.home), *parents, (name, address)]
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
    "publications:list": saved_list_page,
    "projects:projects": list_of("Projects"),
    "projects:project": project_page,
    "projects:grants": grants_page,
    "projects:grant": grant_page,
    "profiles:people": people_list,
    "profiles:person": person_page,
    "profiles:talks": talks_page,
    "profiles:talk": talk_page,
    "profiles:news": list_of("News"),
    "profiles:post": post_page,
    "profiles:activities": activities_page,
    "profiles:teaching": courses_page,
    "profiles:course": course_page,
    "page": own_page,
}
