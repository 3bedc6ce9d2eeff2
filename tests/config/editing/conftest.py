import pytest
from django.contrib.auth.models import Group
from django.test import Client


@pytest.fixture
def log_in(db, django_user_model):
    """Return a function that logs a new user with a role in, and returns their client."""

    def log_in(role):
        user = django_user_model.objects.create_user(role.lower(), is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return log_in
