import pytest

from projects.models import Project
from tests import make

pytestmark = pytest.mark.django_db


def form(**rows):
    data = {"name": "Engine", "state": "published", "position": 0, "featured": "on"}
    for prefix in ("highlights", "links", "members", "resources", "Grant_projects"):
        inline = rows.pop(prefix, [])
        data |= {f"{prefix}-TOTAL_FORMS": len(inline), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(inline):
            data |= {f"{prefix}-{number}-{name}": value for name, value in ({"position": 0} | row).items()}
    return data | rows


def test_a_project_is_added_with_its_people_papers_and_figures(editor_client):
    ada, paper = make.person("Ada Lovelace"), make.publication("On Engines")

    answer = editor_client.post(
        "/admin/projects/project/add/",
        form(
            highlights=[{"figure": "10×", "label": "faster"}],
            links=[{"kind": "github", "url": "https://github.com/ada/engine"}],
            members=[{"person": ada.pk, "role": "Core developer"}],
            publications=[paper.pk],
            tags=["engines"],
        ),
    )

    assert answer.status_code == 302
    project = Project.objects.published().get()
    assert [str(row) for row in (*project.highlights.all(), *project.members.all())] == ["10× faster", "Ada Lovelace"]
    assert list(project.publications.all()) == [paper]
    assert list(project.tags.names()) == ["engines"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"start": "2020", "end": "2019"}, "The end lies before the start."),
        ({"links": [{"kind": "github", "url": "git hub"}]}, "Write the whole address"),
        ({"highlights": [{"figure": "10×"}]}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"publications": ["abc"]}, "Select a valid choice."),
        ({"publications": ["9" * 40]}, "Select a valid choice."),
    ],
)
def test_invalid_input_is_refused_with_a_message(editor_client, fields, sentence):
    answer = editor_client.post("/admin/projects/project/add/", form(**fields))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Project.objects.exists()


def test_swapping_the_people_of_two_rows_is_refused_with_a_message(editor_client):
    ada, grace = make.person("Ada"), make.person("Grace")
    project = make.project("Engine")
    rows = [project.members.create(person=ada), project.members.create(person=grace)]
    swapped = [{"id": rows[0].pk, "person": grace.pk}, {"id": rows[1].pk, "person": ada.pk}]

    answer = editor_client.post(
        f"/admin/projects/project/{project.pk}/change/", form(members=swapped) | {"members-INITIAL_FORMS": 2}
    )

    assert "This person is on the project already." in answer.content.decode()


def test_the_order_can_be_changed_in_the_list(editor_client):
    first, second = make.project("First", position=1), make.project("Second", position=2)
    rows = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    rows |= {"form-0-id": first.pk, "form-0-position": 2, "form-1-id": second.pk, "form-1-position": 1}

    editor_client.post("/admin/projects/project/", rows)

    assert [project.name for project in Project.objects.all()] == ["Second", "First"]
