"""Projects and grants as schema.org data (see profiles.metadata)."""

from profiles.metadata import organization_role, person_reference, without_empty
from publications.metadata import address_of, type_of


def research_project(project, site, members=(), papers=(), grants=()):
    """Return the data of a project, with the people, papers and grants that the user may see."""
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
            "member": [
                organization_role(member, member.role, "member", person_reference(member.person, site))
                for member in members
            ],
            "funding": [grant_reference(grant, site) for grant in grants]
            or (project.funding and {"@type": "Grant", "description": project.funding}),
            "sameAs": [link.url for link in project.links.all() if not link.is_mail],
            "subjectOf": [
                {"@type": type_of(paper), "@id": address_of(paper, site), "name": site.plain(paper.title)}
                for paper in papers
            ],
        }
    )


def grant_reference(grant, site):
    """Return the data of a grant in the data of what it funds."""
    address = site.absolute(grant.get_absolute_url())
    funder = {"@type": "Organization", "@id": grant.funder_id, "name": grant.funder, "identifier": grant.funder_id}
    return without_empty(
        {
            "@type": "MonetaryGrant" if grant.public_amount else "Grant",
            "@id": address,
            "url": address,
            "name": site.plain(grant.title),
            "identifier": grant.number,
            "funder": without_empty(funder) if grant.funder else {},
        }
    )


def research_grant(grant, site, papers=(), projects=()):
    """Return the data of a grant, with the papers and projects that the user may see."""
    amount = {"@type": "MonetaryAmount", "currency": grant.currency, "value": float(grant.amount or 0)}
    funded = [
        *(
            {"@type": "ResearchProject", "@id": site.absolute(project.get_absolute_url()), "name": project.name}
            for project in projects
        ),
        *(
            {"@type": type_of(paper), "@id": address_of(paper, site), "name": site.plain(paper.title)}
            for paper in papers
        ),
    ]
    return grant_reference(grant, site) | without_empty(
        {
            "description": site.plain(grant.description),
            "amount": amount if grant.public_amount else {},
            "keywords": [tag.name for tag in grant.tags.all()],
            "sameAs": grant.url,
            "fundedItem": [*(person_reference(one.person, site) for one in grant.investigators.all()), *funded],
        }
    )
