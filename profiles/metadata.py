"""People and activities as schema.org data: dicts that pages embed as JSON-LD.

The argument ``site`` makes texts and addresses for the web: ``site.absolute(path)`` returns a URL,
``site.plain(markdown)`` a text without markup, ``site.picture(image)`` the URL of an image, and ``site.home`` is the
URL of the home page.
"""

from collections import defaultdict


def without_empty(data):
    """Return a dict without empty values."""
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def person_id(person, site):
    """Return the identifier of a person in the data of all pages, or "" for a person without a page."""
    if person.is_owner:
        return f"{site.home}#person"
    return f"{site.absolute(person.get_absolute_url())}#person" if person.is_public_page else ""


def person_reference(person, site):
    """Return the data of a person in the data of another object, such as an author of a publication."""
    orcid = f"https://orcid.org/{person.orcid}" if person.orcid else ""
    return without_empty(
        {
            "@type": "Person",
            "@id": person_id(person, site),
            "name": person.name,
            "givenName": person.given,
            "familyName": " ".join(part for part in (person.particle, person.family) if part),
            "honorificSuffix": person.suffix,
            "url": person.homepage or (site.absolute(person.get_absolute_url()) if person.is_public_page else ""),
            "identifier": orcid,
            "sameAs": orcid,
        }
    )


def organization_role(item, name, relation, value):
    """Return the ``value`` of a property, wrapped in the role and the dates of an object if it has any."""
    facts = without_empty({"roleName": name, "startDate": str(item.start), "endDate": str(item.end)})
    return {"@type": "OrganizationRole", relation: value, **facts} if facts else value


def research_group(group, site, members=()):
    """Return the data of the group whose SiteSettings are given, with the memberships of its members."""
    return without_empty(
        {
            "@type": "ResearchOrganization",
            "@id": group_id(site),
            "url": site.home,
            "name": group.name,
            "slogan": group.tagline,
            "description": site.plain(group.about),
            "image": site.picture(group.image),
            "member": [
                organization_role(one, one.name_of_role, "member", person_reference(one.person, site))
                for one in members
            ],
        }
    )


def group_id(site):
    return f"{site.home}#group"


def organization(affiliation):
    """Return the organisation of an Affiliation."""
    return without_empty(
        {
            "@type": "Organization",
            "@id": affiliation.ror_url,
            "name": affiliation.organisation,
            "identifier": affiliation.ror_url,
            "department": affiliation.department and {"@type": "Organization", "name": affiliation.department},
        }
    )


def affiliations(site, memberships=(), activities=(), group=None, current=()):
    """Return the properties of a person that name their organisations: of the group, of positions and of education.

    ``current`` are the Affiliations that they have now.

    Only what is public counts. ``group`` are the SiteSettings of a group's site, None on another site.
    """
    found = defaultdict(list)
    for one in memberships:
        if one.is_public and group:
            reference = {"@type": "ResearchOrganization", "@id": group_id(site), "url": site.home, "name": group.name}
            relation = "alumniOf" if one.is_former else "memberOf"
            found[relation].append(organization_role(one, one.name_of_role, relation, reference))
        if one.is_public and one.organisation:
            relation = "alumniOf" if one.is_former else "affiliation"
            institution = {"@type": "Organization", "name": one.organisation}
            found[relation].append(organization_role(one, one.name_of_role, relation, institution))
    for one in activities:
        relation, type_ = {
            ("position", False): ("worksFor", "Organization"),
            ("education", False): ("affiliation", "EducationalOrganization"),
            ("education", True): ("alumniOf", "EducationalOrganization"),
        }.get((one.kind, one.is_former), ("", ""))
        if relation and one.is_public and one.organisation:
            institution = {"@type": type_, "name": one.organisation}
            found[relation].append(organization_role(one, site.plain(one.title), relation, institution))
    for one in current:
        found["affiliation"].append(organization_role(one, "", "affiliation", organization(one)))
    return dict(found)


def person(person, site, links=()):
    """Return the data of a person with a page. ``links`` are their Links; profiles elsewhere become "sameAs"."""
    elsewhere = [f"https://orcid.org/{person.orcid}"] if person.orcid else []
    elsewhere += [link.url for link in links if link.is_profile]
    return person_reference(person, site) | without_empty(
        {
            "alternateName": [name for name in person.other_names.splitlines() if name.strip()],
            "jobTitle": person.headline,
            "description": site.plain(person.bio),
            "image": site.picture(person.photo),
            "knowsAbout": [tag.name for tag in person.tags.all()],
            "sameAs": list(dict.fromkeys(elsewhere)),
        }
    )


def place_of(located):
    """Return the Place of an object with a city, or {}."""
    if not located.place:
        return {}
    address = {"@type": "PostalAddress", "addressLocality": located.city, "addressCountry": located.country}
    place = {"@type": "Place", "name": located.place, "address": without_empty(address)}
    if located.latitude is not None:
        point = {"latitude": float(located.latitude), "longitude": float(located.longitude)}
        place["geo"] = {"@type": "GeoCoordinates", **point}
    return place


def occasion_event(talk, occasion, site):
    """Return the data of a talk on one of its occasions."""
    place, online = place_of(occasion), {}
    if occasion.is_online:
        # Google wants the address at which it is online: that of the event, or the page about the talk.
        url = occasion.url or site.absolute(talk.get_absolute_url())
        online = {"@type": "VirtualLocation", "url": url}
    modes = {(True, False): "Offline", (False, True): "Online", (True, True): "Mixed"}
    mode = modes.get((bool(place), occasion.is_online))
    return without_empty(
        {
            "@type": "Event",
            "@id": site.absolute(occasion.get_absolute_url()),
            "name": site.plain(talk.title),
            "description": site.plain(talk.abstract),
            "startDate": occasion.machine_start,
            "endDate": occasion.machine_end,
            "location": [place, online] if place and online else place or online,
            "eventAttendanceMode": mode and f"https://schema.org/{mode}EventAttendanceMode",
            "superEvent": occasion.event and {"@type": "Event", "name": occasion.event},
            "organizer": occasion.organisation and {"@type": "Organization", "name": occasion.organisation},
            "performer": [person_reference(person, site) for person in talk.speakers.all()],
            "keywords": [tag.name for tag in talk.tags.all()],
            "url": site.absolute(talk.get_absolute_url()),
        }
    )


def course(item, site):
    """Return the data of a course and its terms."""
    address = site.absolute(item.get_absolute_url())
    instructors = [person_reference(person, site) for person in item.instructors.all()]
    return without_empty(
        {
            "@type": "Course",
            "@id": address,
            "url": address,
            "name": item.title,
            "courseCode": item.code,
            "description": site.plain(item.description or item.syllabus),  # Google requires one
            "educationalLevel": item.level,
            "provider": item.organisation and {"@type": "Organization", "name": item.organisation},
            "keywords": [tag.name for tag in item.tags.all()],
            "sameAs": item.url,
            "hasCourseInstance": [
                without_empty(
                    {
                        "@type": "CourseInstance",
                        "name": f"{item.title}, {term}",
                        "startDate": str(term.start),
                        "endDate": str(term.end),
                        "instructor": instructors,
                        "url": term.url,
                    }
                )
                for term in item.terms.all()
            ],
        }
    )


def blog_posting(post, site, author=None, mentions=()):
    """Return the data of a post. ``author`` and ``mentions`` are the data of its author and of what it names."""
    address = site.absolute(post.get_absolute_url())
    return without_empty(
        {
            "@type": "BlogPosting",
            "@id": address,
            "url": address,
            "mainEntityOfPage": address,
            "headline": site.plain(post.title),
            "description": site.plain(post.summary),
            "image": site.picture(post.image),
            "datePublished": str(post.date),
            "dateModified": max(post.updated_at, post.publish_at).isoformat(),
            "author": author,
            "keywords": [tag.name for tag in post.tags.all()],
            "mentions": list(mentions),
            "citation": post.url,
        }
    )


def event(activity, site):
    """Return the data of a trip or another activity on a date, with its place if it has one."""
    return without_empty(
        {
            "@type": "Event",
            "@id": site.absolute(activity.get_absolute_url()),
            "name": site.plain(str(activity)),
            "description": site.plain(activity.description),
            "startDate": str(activity.start),
            # An event without an end is over on its day, if that is known.
            "endDate": str(activity.end or (activity.start if activity.start.day else "")),
            "location": place_of(activity),
            "organizer": activity.organisation and {"@type": "Organization", "name": activity.organisation},
            "performer": person_reference(activity.person, site),
            "url": activity.url,
        }
    )
