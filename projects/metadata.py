"""Projects as schema.org data (see profiles.metadata)."""

from profiles.metadata import person_reference, without_empty
from publications.metadata import address_of, type_of


def research_project(project, site, members=(), papers=()):
    """Return the data of a project, with the people and papers that the user may see."""
    address = site.absolute(project.get_absolute_url())
    return without_empty(
        {
            "@type": "ResearchProject",
            "@id": address,
            "url": address,
            "name": project.name,
            "slogan": project.tagline,
            "description": site.plain(project.summary or project.body) or project.tagline,
            "image": site.picture(project.image),
            "keywords": [tag.name for tag in project.tags.all()],
            "foundingDate": str(project.start),
            "dissolutionDate": str(project.end) if project.status == project.Status.FINISHED else "",
            "member": [person_reference(member.person, site) for member in members],
            "funding": project.funding and {"@type": "Grant", "description": project.funding},
            "sameAs": [link.url for link in project.links.all() if not link.is_mail],
            "subjectOf": [
                {"@type": type_of(paper), "@id": address_of(paper, site), "name": site.plain(paper.title)}
                for paper in papers
            ],
        }
    )
