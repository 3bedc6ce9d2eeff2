import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image, ImageFont

from config.pictures.cards import Card
from config.text.typesetting import FONTS, fonts
from profiles.models import Look
from tests import make

pytestmark = pytest.mark.django_db


def card_of(client, address):
    """Return the URL of a page's card, or None."""
    page = client.get(address).content.decode()
    found = page.split('property="og:image" content="')[1:]
    return found[0].split('"')[0].removeprefix("http://testserver").replace("&amp;", "&") if found else None


def picture(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def inked(image):
    """Return the box of the drawing between the bar at the top and the line at the foot."""
    part = image.crop((0, 20, 1200, 530))
    paper = Image.new("RGB", part.size, part.getpixel((0, 0)))
    return (
        Image.composite(part, paper, part.convert("L").point(lambda grey: 255 * (grey < 200)))
        .convert("L")
        .point(lambda grey: 255 * (grey < 200))
        .getbbox()
    )


@pytest.fixture
def owner():
    return make.owner(name="Ada Lovelace", headline="Countess")


def test_every_page_has_a_card_of_1200_by_630_pixels(client, owner):
    make.publication("On Engines", authors=[owner], tags=["engines"])
    make.project("Analytical Engine")
    pages = ["/", "/publications/", "/publications/on-engines/", "/projects/", "/projects/analytical-engine/"]
    pages += ["/people/", "/people/ada-lovelace/", "/tags/", "/tags/engines/", "/activities/", "/cv/"]

    addresses = [card_of(client, page) for page in pages]

    assert len(set(addresses)) == len(pages)
    for address in addresses:
        response = client.get(address)
        assert picture(response).size == (1200, 630)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert len(response.content) < 60_000


def test_a_changed_title_or_look_gives_another_card(client, owner):
    paper = make.publication("On Engines", authors=[owner])
    addresses, pictures = [], []

    def look_again():
        addresses.append(card_of(client, "/publications/on-engines/"))
        pictures.append(client.get(addresses[-1]).content)

    look_again()
    paper.title = "On Looms"
    paper.save()
    look_again()
    Look.objects.create(person=owner, hue=20)
    look_again()

    assert len(set(addresses)) == 3
    assert len(set(pictures)) == 3
    # A service that has a former URL gets the current card, to be cached for a short time only.
    former = client.get(addresses[0])
    assert former.content == pictures[2]
    assert former.headers["Cache-Control"] == "public, max-age=3600"


def test_an_unchanged_card_is_not_sent_again(client, owner):
    address = card_of(client, "/")

    again = client.get(address, headers={"If-None-Match": client.get(address).headers["ETag"]})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_hidden_content_has_no_card_for_anyone(client, editor_client, owner, state):
    later = timezone.now() + timedelta(days=1)
    fields = {"state": "draft"} if state == "draft" else {"state": "published", "publish_at": later}
    make.publication("On Engines", authors=[owner], tags=["secret"], **fields)
    make.project("Analytical Engine", **fields)
    make.person("Charles Babbage")

    pages = ["publications/on-engines", "projects/analytical-engine", "people/charles-babbage", "tags/secret"]

    assert [client.get(f"/card/{page}.png").status_code for page in pages] == [404] * 4
    assert [editor_client.get(f"/card/{page}.png").status_code for page in pages] == [404] * 4
    assert card_of(editor_client, "/publications/on-engines/") is None
    assert card_of(editor_client, "/projects/analytical-engine/") is None
    assert card_of(editor_client, "/people/charles-babbage/") is None


def test_hidden_authors_are_not_on_the_card(client, editor_client, owner):
    paper = make.publication("On Engines", authors=["Charles Babbage"], hides_authors=True)
    hidden = client.get("/card/publications/on-engines.png").content
    assert editor_client.get("/card/publications/on-engines.png").content == hidden

    paper.authorships.all().delete()

    assert client.get("/card/publications/on-engines.png").content == hidden


@pytest.mark.parametrize(
    "page", ["nothing", "publications/nothing", "admin/nothing", "people/", "../etc/passwd", "a/b/c"]
)
def test_an_unknown_page_has_no_card(client, page):
    assert client.get(f"/card/{page}.png").status_code == 404


def test_a_site_without_an_owner_has_cards(client):
    assert picture(client.get(card_of(client, "/publications/"))).size == (1200, 630)


@pytest.mark.parametrize(
    "title",
    [
        "A very long title of a paper that tells all of it " * 9,
        "Donau" + "dampfschifffahrt" * 25,
        "大规模语言模型推理的高效系统设计" * 12,
        "Эффективные системы для распределённых агентов " * 5,
        "A bound of $\\mathcal{O}(n \\log n)$ for $\\ell_2$ *in vivo*",
        "",
    ],
)
def test_a_title_of_any_length_stays_within_its_card(title):
    drawn = Card(title=title, names="Ada Lovelace, " * 40, place="Proceedings of " * 30, site="S" * 200, host="h" * 200)

    image = picture_of(drawn)
    left, _, right, bottom = inked(image)

    assert left >= 70
    assert right <= 1130
    assert bottom <= 505


def picture_of(card):
    return Image.open(io.BytesIO(card.draw())).convert("RGB")


def test_a_right_to_left_title_is_at_the_right():
    left, _, right, _ = inked(picture_of(Card(title="أنظمة فعالة", names="سارة علي", place="2023")))

    assert left > 600
    assert right > 1100


def shapes(face, letters):
    font = ImageFont.truetype(FONTS / face, 24)
    missing = bytes(font.getmask("\U0010fffd"))
    return [letter for letter in letters if bytes(font.getmask(letter)) == missing]


def test_the_templates_find_the_fonts_of_the_site():
    assert {"Inter", "Serif Letters", "Noto Sans Letters"} <= set(fonts().families())


def test_the_fallback_font_has_letters_of_many_scripts():
    assert shapes("noto-sans-letters.ttf", "李伟測試かなカナ漢字대한민국ابتثسنשלוםЁжћΩß𝒪ℝ∑√≤∀ₙ⁻Ễ") == []
    assert shapes("noto-sans-letters.ttf", "ก") == ["ก"]
