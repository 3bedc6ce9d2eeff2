"""People and activities as schema.org data: dicts that pages embed as JSON-LD.

The argument ``site`` makes texts and addresses for the web: ``site.absolute(path)`` returns a URL,
``site.plain(markdown)`` a text without markup, ``site.picture(image)`` the URL of an image, and ``site.home`` is the
URL of the home page.
"""


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


def event(activity, site):
    """Return the data of a talk or another activity on a date, with its place if it has one."""
    place = {}
    if activity.place:
        address = {"@type": "PostalAddress", "addressLocality": activity.city, "addressCountry": activity.country}
        place = {"@type": "Place", "name": activity.place, "address": without_empty(address)}
        if activity.latitude is not None:
            point = {"latitude": float(activity.latitude), "longitude": float(activity.longitude)}
            place["geo"] = {"@type": "GeoCoordinates", **point}
    return without_empty(
        {
            "@type": "Event",
            "@id": site.absolute(activity.get_absolute_url()),
            "name": site.plain(str(activity)),
            "description": site.plain(activity.description),
            "startDate": str(activity.start),
            # An event without an end is over on its day, if that is known.
            "endDate": str(activity.end or (activity.start if activity.start.day else "")),
            "location": place,
            "superEvent": activity.event and {"@type": "Event", "name": activity.event},
            "organizer": activity.organisation and {"@type": "Organization", "name": activity.organisation},
            "performer": person_reference(activity.person, site),
            "url": activity.url,
        }
    )
