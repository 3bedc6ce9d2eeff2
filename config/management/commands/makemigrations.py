from django.core.checks import Tags
from django.core.management.commands import makemigrations


class Command(makemigrations.Command):
    """Django's own command, without the system checks that require a secret key."""

    requires_system_checks = [Tags.models]
