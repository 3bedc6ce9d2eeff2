"""What every request knows of the site."""

from django.utils.functional import SimpleLazyObject

from profiles.models import Look, Person


def site_owner(get_response):
    """Sets ``request.site_owner``, a Person or None, and ``request.look``; each is read from the database when used."""

    def middleware(request):
        request.site_owner = SimpleLazyObject(Person.objects.owner)
        request.look = SimpleLazyObject(lambda: getattr(request.site_owner, "look", None) or Look())
        return get_response(request)

    return middleware
