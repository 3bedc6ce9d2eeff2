"""Resources of a work: recognised from their addresses, and in the order of their kinds."""

import pytest

from publications.models import Publication
from tests import make
from tests.publications.test_admin import form

pytestmark = pytest.mark.django_db
ADD = "/admin/publications/publication/add/"

ADDRESSES = """
https://arxiv.org/pdf/2412.07067                      pdf
https://openreview.net/pdf?id=engine                  pdf
https://example.org/papers/engines.pdf                pdf
https://example.org/engines-poster.pdf                poster
https://arxiv.org/abs/2412.07067                      webpage
https://github.com/ada/engine                         code
https://github.com/ada/engine/blob/main/cards.csv     code
https://github.com/ada/engine/blob/main/paper.pdf     pdf
https://codeberg.org/ada/engine                       code
https://archive.softwareheritage.org/swh:1:dir:00     code
https://huggingface.co/datasets/ada/engines           data
https://huggingface.co/ada/engine                     data
https://huggingface.co/spaces/ada/engine              demo
https://zenodo.org/records/123                        data
https://doi.org/10.5281/zenodo.123                    data
https://figshare.com/articles/dataset/engines/12      data
https://datadryad.org/dataset/doi:10.5061/dryad.1     data
https://dataverse.harvard.edu/dataset.xhtml?id=1      data
https://osf.io/abcde                                  data
https://www.kaggle.com/datasets/ada/engines           data
https://www.kaggle.com/code/ada/engines               code
https://www.youtube.com/watch?v=1                     video
https://vimeo.com/123456                              video
https://slideslive.com/38900000/engines               video
https://www.slideshare.net/ada/engines                slides
https://speakerdeck.com/ada/engines                   slides
https://docs.google.com/presentation/d/1              slides
https://example.org/engines.pptx                      slides
https://ada.github.io/engine/                         webpage
https://doi.org/10.1038/s41586-021-03819-2            webpage
"""


@pytest.mark.parametrize(("url", "kind"), [line.split() for line in ADDRESSES.strip().splitlines()])
def test_the_kind_of_a_resource_follows_from_its_address(url, kind):
    assert make.publication().resources.create(url=url).kind == kind


def test_new_resources_come_in_the_order_of_their_kinds_until_an_editor_moves_them(editor_client):
    video, code = "https://vimeo.com/123456", "https://github.com/ada/engine"
    data, paper = "https://zenodo.org/records/1", "https://arxiv.org/pdf/2412.07067"

    def saved(page, *new):
        old = [{"id": one.pk, "publication": one.publication_id, "url": one.url, "kind": one.kind} for one in stored()]
        numbered = [{**row, "position": number} for number, row in enumerate([*old, *new], 1)]
        data = form(resources=numbered) | {"resources-INITIAL_FORMS": len(old)}
        assert editor_client.post(page, data).status_code == 302
        return [one.url for one in stored()]

    def stored():
        return list(Publication.objects.get().resources.all()) if Publication.objects.exists() else []

    assert saved(ADD, {"url": video}, {"url": code}, {"url": paper}) == [paper, code, video]
    change = f"/admin/publications/publication/{Publication.objects.get().pk}/change/"
    assert saved(change, {"url": data}) == [paper, code, data, video]
    first = stored()[0]
    first.position = 9
    first.save()
    assert saved(change) == [code, data, video, paper]
