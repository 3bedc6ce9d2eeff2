"""People and activities as schema.org's vocabulary has them, as dicts that become JSON-LD.

``site`` is what turns an object of the database into something of the web: ``site.absolute(path)`` gives a whole
address, ``site.plain(markdown)`` a text without markup, ``site.home`` the address of the home page.
"""


def without_empty(facts):
    """The facts that say something: nothing is known of an empty text, list or dict."""
    return {name: value for name, value in facts.items() if value not in ("", None, [], {})}


def person_id(person, site):
    """The one address under which all pages speak of a person, or "" for a name without a page."""
    if person.is_owner:
        return f"{site.home}#person"
    return f"{site.absolute(person.get_absolute_url())}#person" if person.is_public_page else ""


def person_reference(person, site):
    """A person named in passing."""
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


def person(person, site, links=()):
    """A person with a page. ``links`` are their Links; of a page of theirs elsewhere, "sameAs" tells."""
    elsewhere = [f"https://orcid.org/{person.orcid}"] if person.orcid else []
    elsewhere += [link.url for link in links if link.rel == "me"]
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


def event(activity, site):
    """A talk or the like, on a date and perhaps at a place."""
    address = without_empty(
        {"@type": "PostalAddress", "addressLocality": activity.city, "addressCountry": activity.country}
    )
    geo = {}
    if activity.latitude is not None:
        geo = {
            "@type": "GeoCoordinates",
            "latitude": float(activity.latitude),
            "longitude": float(activity.longitude),
        }
    place = {"@type": "Place", "name": activity.place, "address": address, "geo": geo} if activity.place else {}
    return without_empty(
        {
            "@type": "Event",
            "@id": site.absolute(activity.get_absolute_url()),
            "name": site.plain(str(activity)),
            "description": site.plain(activity.description),
            "startDate": str(activity.start),
            "endDate": str(activity.end or activity.start),
            "location": without_empty(place),
            "organizer": activity.organisation and {"@type": "Organization", "name": activity.organisation},
            "performer": person_reference(activity.person, site),
            "url": activity.url,
        }
    )
