from django.core.checks import Tags
from django.core.management.commands import makemigrations


class Command(makemigrations.Command):
    """Django's own, which a site that has no secret key yet would be in the way of."""

    requires_system_checks = [Tags.models]
