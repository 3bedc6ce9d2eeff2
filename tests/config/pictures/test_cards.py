import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
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
    part = image.crop((0, 20, image.width, 530))
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
    Look.objects.create(person=owner, accent="crimson")
    look_again()

    assert len(set(addresses)) == 3
    assert len(set(pictures)) == 3
    # A service that has a former URL gets the current card, to be cached for a short time only.
    former = client.get(addresses[0])
    assert former.content == pictures[2]
    assert former.headers["Cache-Control"] == "public, max-age=3600"


@pytest.fixture
def red(settings, tmp_path):
    """A red picture, which is stored in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(file, "JPEG")
    return ContentFile(file.getvalue(), "red.jpg")


def is_red(image):
    red, green, _ = image.getpixel((1000, 200))
    return red > 240 and green < 20


def test_the_card_of_the_home_page_shows_the_owners_photo(client, owner, red):
    assert not is_red(picture(client.get(card_of(client, "/"))))
    owner.photo, owner.photo_alt = red, "Ada"
    owner.save()

    assert is_red(picture(client.get(card_of(client, "/"))))
    assert is_red(picture(client.get(card_of(client, "/people/ada-lovelace/"))))
    assert not is_red(picture(client.get(card_of(client, "/cv/"))))


def test_the_cards_of_works_and_projects_show_their_images(client, owner, red):
    make.publication("On Engines", authors=[owner], image=red, image_alt="Red")
    make.project("Analytical Engine", image=red, image_alt="Red")
    make.publication("On Looms", authors=[owner])

    assert is_red(picture(client.get(card_of(client, "/publications/on-engines/"))))
    assert is_red(picture(client.get(card_of(client, "/projects/analytical-engine/"))))
    assert not is_red(picture(client.get(card_of(client, "/publications/on-looms/"))))


def test_what_is_transparent_in_an_image_is_white_on_its_card(client, owner, red):
    file = io.BytesIO()
    Image.new("RGBA", (900, 600), (0, 0, 0, 0)).save(file, "PNG")
    drawing = ContentFile(file.getvalue(), "drawing.png")
    make.publication("On Engines", authors=[owner], image=drawing, image_alt="A drawing")

    assert picture(client.get(card_of(client, "/publications/on-engines/"))).getpixel((1000, 200)) == (255, 255, 255)


@pytest.mark.parametrize("theme", Look.Theme.values)
def test_a_title_stays_beside_a_picture_in_each_theme(red, theme):
    name = default_storage.save("red.jpg", red)

    image = picture_of(Card(title="A very long title of a paper that tells all of it " * 9, picture=name, theme=theme))

    assert is_red(image)
    assert inked(image.crop((0, 0, 700, 630)))[2] <= 670


def test_a_missing_picture_leaves_its_card_without_one(owner):
    assert not is_red(picture_of(Card(title="On Engines", picture="nothing.jpg")))


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


@pytest.mark.parametrize("theme", Look.Theme.values)
def test_a_title_in_a_script_without_a_font_gives_way_to_the_name_of_the_site(theme):
    thai = Card(title="การศึกษาเครื่องจักร", names="Ada", place="Journal", site="Ada Lovelace", theme=theme)
    named = Card(title="Ada Lovelace", names="Ada", place="Journal", theme=theme)

    assert thai.draw() == named.draw()
    assert replace(thai, site="ไทย", host="a.org").draw() == replace(named, title="a.org", host="a.org").draw()


@pytest.mark.parametrize(
    "title",
    ["Περὶ τῶν μηχανῶν", "О машинах", "عن الآلات", "על מכונות", "संगणक यंत्रों", "关于机器", "について", "계산 기계",
     "Մեքենաներ", "მანქანები", "Ǿ Ễ ß Ł ø", "∑ₙ ‖x‖₂ ≤ ε", "“Engines” – and… more"],
)  # fmt: skip
def test_a_title_in_a_script_with_a_font_stays(title):
    assert Card(title=title).legible().title == title


def test_emoji_are_left_out_and_decomposed_letters_are_composed():
    assert Card(title="Engines 🚀 and Ecole\u0301s").legible().title == "Engines  and Ecolés"


@pytest.mark.parametrize("theme", ["modern", "technical"])
def test_polytonic_greek_is_set_in_the_serif_that_has_it(theme):
    accented, plain = (picture_of(Card(title=title, theme=theme)) for title in ("Περὶ ᾧ", "Περι ω"))
    serif = picture_of(Card(title="Περὶ ᾧ", theme="classic"))

    assert inked(accented)[2] == pytest.approx(inked(serif)[2], abs=60)
    assert accented.tobytes() != plain.tobytes()


def shapes(face, letters):
    font = ImageFont.truetype(FONTS / face, 24)
    missing = bytes(font.getmask("\U0010fffd"))
    return [letter for letter in letters if bytes(font.getmask(letter)) == missing]


def test_the_templates_find_the_fonts_of_the_site():
    families = {"Inter", "Serif Letters", "Noto Sans Letters", "Crimson Letters", "Technical Letters", "Technical Mono"}
    assert families <= set(fonts().families())


def test_the_fallback_font_has_letters_of_many_scripts():
    assert shapes("noto-sans-letters.ttf", "李伟測試かなカナ漢字대한민국ابتثسنשלוםЁжћΩß𝒪ℝ∑√≤∀ₙ⁻Ễ") == []
    assert shapes("noto-sans-letters.ttf", "ก") == ["ก"]
