import re
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from profiles.feeds import VISITOR
from projects.models import Member, Project, ProjectResource
from tests import make
from tests.profiles.test_models import portrait

pytestmark = pytest.mark.django_db


def test_a_project_does_not_end_before_it_starts():
    project = Project(name="Engine", start="2021-05", end="2021-04-30")

    with pytest.raises(ValidationError, match=r"The end lies before the start. Swap the two, or clear the end."):
        project.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        project.save()


def test_an_image_needs_alternative_text():
    file = BytesIO()
    Image.new("RGB", (800, 600)).save(file, "PNG")
    image = SimpleUploadedFile("engine.png", file.getvalue(), "image/png")
    project = make.project()

    with pytest.raises(ValidationError, match=r"Say in “alternative text” what the image shows."):
        Project(name="Engine", image=image).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(image="images/engine.png")


def test_the_role_of_the_owner_needs_an_owner(client):
    project = make.project(role="Lead")
    assert "Lead" not in client.get(project.get_absolute_url()).text

    make.owner()
    assert "<p>Ada Lovelace: Lead</p>" in client.get(project.get_absolute_url()).text


def test_a_member_is_unique():
    project, person = make.project(), make.person()
    Member.objects.create(project=project, person=person)
    again = Member(project=project, person=person, role="Core developer")

    with pytest.raises(ValidationError, match=r"This person is on the project already."):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize("given", [{}, {"url": "https://example.org/x.pdf", "file": "project/1/x.pdf"}])
def test_a_resource_has_a_url_or_a_file(given):
    resource = ProjectResource(project=make.project(), kind="pdf", **given)

    with pytest.raises(ValidationError, match=r"Enter either an address or a file, not both."):
        resource.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        resource.save()


def test_a_published_project_has_a_date():
    project = make.project()

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(publish_at=None)


def test_projects_are_sorted_by_order_then_by_name():
    last = make.project("Alpha", position=2)
    second = make.project("Gamma", position=1)
    first = make.project("Beta", position=1)

    assert list(Project.objects.all()) == [first, second, last]


def read_cards():
    for project in Project.objects.for_listing(VISITOR):
        assert (list(project.highlights.all()), list(project.links.all()), project.team, project.papers) is not None


def test_the_number_of_queries_is_the_same_for_one_and_three_projects(django_assert_num_queries):
    make.project("Alpha")

    with django_assert_num_queries(5):
        read_cards()
    make.project("Beta")
    make.project("Gamma")

    with django_assert_num_queries(5):
        read_cards()


def test_the_image_of_a_project_is_loaded_first_on_its_page_and_late_in_the_list(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.project("Engine", image=portrait(), image_alt="Wheels")

    for address, hint in (("/projects/engine/", 'fetchpriority="high"'), ("/projects/", 'loading="lazy"')):
        (image,) = re.findall(r"<img[^>]*/media/images[^>]*>", client.get(address).text)
        assert image.endswith(f"{hint}>")
