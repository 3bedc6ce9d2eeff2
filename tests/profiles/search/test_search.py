"""Words, queries, and the updates of the index."""

import io
import signal

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.history import merging
from profiles.models import Activity, Person, Tag
from profiles.search import indexing
from profiles.search.queries import MAX_WORDS, Query, Term
from profiles.search.words import fold, words
from projects.models import Project
from publications.imports import steps
from publications.models import Authorship, FullText, Publication
from publications.references import bibtex
from tests import make

VISITOR = AnonymousUser()


def found(text, model=Publication, user=VISITOR):
    indexing.refresh()
    if model is Publication:
        return [str(item) for item in Publication.objects.visible_to(user).search(text, user).newest_first()]
    return [str(item) for item in model.objects.best_first(Query.parse(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Müller's ENGINES", ["muller", "s", "engines"]),
        ("Łukasz Straße ﬁne Ⅷ", ["lukasz", "strasse", "fine", "viii"]),
        (
            "Øystein Đorđe Ayşe Yıldız Þór İzmir Ħamrun Æneas",
            ["oystein", "dorde", "ayse", "yildiz", "thor", "izmir", "hamrun", "aeneas"],
        ),
        ("O’Neil O'Neil Oʼneil", ["o", "neil", "o", "neil", "o", "neil"]),
        ("CO<sub>2</sub> CO$_2$ CO₂ $\\mathrm{CO}_{2}$", ["co2", "co2", "co2", "co2"]),
        ("<sup>13</sup>C $^{13}$C ¹³C", ["13c", "13c", "13c"]),
        ("β-amyloid $\\beta$-amyloid TNFα", ["beta", "amyloid", "beta", "amyloid", "tnf", "alpha"]),
        ("$\\mathcal{O}(n \\log n)$ and $t\\bar{t}H$", ["o", "n", "log", "n", "and", "tth"]),
        ("βιβλίο from $5 to $10", ["βιβλιο", "from", "5", "to", "10"]),
        ("KV-cache_2 (x²)", ["kv", "cache", "2", "x2"]),
        ("大规模 model", ["大", "规", "模", "model"]),
        ("Việt Nam", ["viet", "nam"]),
        ("— … \0 !", []),
    ],
)
def test_words_have_no_accents_case_or_punctuation(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "terms", "facts"),
    [
        ("engines and mills", [("engines",), ("and",), ("mills",)], {}),
        ('"On Engines" kv-cache', [("on", "engines"), ("kv", "cache")], {}),
        ('author:"Ada Lovelace" year:2025 TAG:engines type:thesis', [("ada", "lovelace")],
         {"year": "2025", "tag": "engines", "type": "thesis"}),
        ('tag:"KV cache', [], {"tag": "KV cache"}),
        ("http://x", [("http", "x")], {}),
        ("doi: 10.1000/ABC lovelace", [("10", "1000", "abc"), ("lovelace",)], {}),
        ("https://doi.org/10.1000%2Fabc%281%29", [("10", "1000", "abc", "1")], {}),
        ("arXiv:2301.00001v2", [("2301", "00001")], {}),
        ("https://arxiv.org/pdf/2301.00001v2.pdf", [("2301", "00001")], {}),
        ("arxiv.org/abs/hep-th/9901001", [("hep", "th", "9901001")], {}),
        ("doi:", [], {}),
        ('" ( * ) : OR', [("or",)], {}),
        ("a a a", [("a",)], {}),
    ],
)  # fmt: skip
def test_a_query_is_parsed_into_terms_and_conditions(text, terms, facts):
    query = Query.parse(text)

    assert ([term.words for term in query.terms], query.facts) == (terms, facts)


def test_quotes_match_whole_words_and_author_matches_names():
    assert Query.parse('"on eng" author:ada').terms == (
        Term(("on", "eng"), is_exact=True),
        Term(("ada",), part="names"),
    )


@pytest.mark.django_db
@given(st.text(max_size=300))
@example('NEAR(a, b) AND OR NOT ^x {title}: "a" -b + * \' \\ ; -- %s')
@example('author:" year: tag: type:')
@example("year:99999999999999999999 year:٢٠٢٥ type:%")
@example("\ud83d\ude00 & | ! <-> :* a:*b")
@example("a" * 300)
def test_any_text_is_a_valid_query(text):
    assert len(Query.parse(text).terms) <= MAX_WORDS
    for user in (VISITOR, make_believe_editor):
        list(Publication.objects.visible_to(user).search(text, user))
    list(Publication.objects.best_first(Query.parse(text)))


class make_believe_editor:  # noqa: N801 (stands for a user)
    is_staff = True


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.django_db
class TestWhatIsFound:
    @pytest.fixture(autouse=True)
    def record(self):
        make.person("Grace Hopper", other_names="G. M. Hopper\nAmazing Grace")
        engines = make.publication(
            "Über *Engines* of Analysis", authors=["Ada Lovelace", "Grace Hopper"], tags=["KV cache"], issued="2025-03",
            container_title="Journal of Looms", abstract="A **cotton** mill in Turin.", doi="10.1000/abc",
            award="Best paper award", citation_key="secret2025key", funding="Lord Byron",
        )  # fmt: skip
        engines.authorships.filter(position=2).update(name="Gracie Hopper")
        indexing.row_changed(engines)
        make.publication("大规模语言模型推理", authors=["李伟"], issued="2021", type="thesis")

    @pytest.mark.parametrize(
        "text",
        [
            "engines", "uber", "ÜBER", "ube eng", "engines analysis", '"engines of analysis"', "ada lovelace",
            "gracie", "amazing", "author:hopper", 'author:"grace hopper"', "kv cache", "kv-cache", "tag:kvcache",
            "looms", "cotton turin", "10.1000/abc", "lovelace 2025", "hopper year:2025", "year:2024-2026 engines",
            "type:journal", "type:article-journal", "journal article", "award",
        ],
    )  # fmt: skip
    def test_matching_queries_find_a_publication(self, text):
        assert found(text) == ["Über *Engines* of Analysis"]

    @pytest.mark.parametrize(
        "text",
        ["ngines", '"engines analysis"', '"engin"', "author:turin", "cotton year:2024", "year:soon", "tag:cotton",
         "type:nothing", "type:", "secret2025key", "byron", "engines nothing"],
    )  # fmt: skip
    def test_other_queries_find_nothing(self, text):
        assert found(text) == []

    @pytest.mark.parametrize("text", ["语言", "大规模", '"模型推理"', "李伟", "author:李", "type:thes", "2021"])
    def test_text_without_spaces_between_words_is_found(self, text):
        assert found(text) == ["大规模语言模型推理"]

    @pytest.mark.parametrize(
        ("title", "queries"),
        [
            ("Reduction of CO<sub>2</sub>", ["CO2", "co₂", "CO$_2$", "CO<sub>2</sub>", '"of CO2"']),
            ("Storage of CO$_2$ by $\\beta$-amyloid", ["CO2", "β-amyloid", "beta amyloid", '"β"', "β storage"]),
            ("Łukasz’s method for straße and αβ", ["lukasz's", "Łukasz’s", "strasse", "STRAẞE", "αβ"]),
        ],
    )
    def test_markup_greek_letters_and_apostrophes_do_not_matter(self, title, queries):
        make.publication(title)

        assert {query: found(query) for query in queries} == {query: [title] for query in queries}

    @pytest.mark.parametrize(
        "text",
        ["doi:10.1000/abc", "DOI: 10.1000/ABC", "https://doi.org/10.1000/abc", "http://dx.doi.org/10.1000%2Fabc"],
    )
    def test_a_pasted_doi_finds_its_publication(self, text):
        assert found(text) == ["Über *Engines* of Analysis"]

    @pytest.mark.parametrize(
        "text",
        ["arXiv:2301.00001", "arxiv: 2301.00001v3", "https://arxiv.org/abs/2301.00001v1", "arXiv:2301.00001 [cs.LG]"],
    )
    def test_a_pasted_arxiv_identifier_finds_its_publication(self, text):
        make.publication("On Looms", arxiv_id="2301.00001", arxiv_class="cs.LG")

        assert found(text) == ["On Looms"]

    def test_titles_rank_above_names_and_names_above_abstracts(self):
        for number in range(5):  # a word that is in most documents has no weight
            make.publication(f"Work {number}", authors=["Mary"])
        make.publication("In passing", abstract="byron", authors=["Mary"])
        make.publication("With Byron", authors=["Mary"], abstract="x")
        make.publication("By someone", authors=["Byron"], abstract="x")

        indexing.refresh()
        order = [str(work) for work in Publication.objects.best_first(Query.parse("byron"))]

        assert order == ["With Byron", "By someone", "In passing"]

    def test_consecutive_words_rank_higher(self):
        make.publication("Power of steam and a mill", authors=[])
        make.publication("A mill of steam power", authors=[])
        indexing.refresh()

        assert str(Publication.objects.best_first(Query.parse("steam power"))[:1][0]) == "A mill of steam power"

    def test_whole_words_rank_above_prefixes(self):
        make.publication("A cart on rails", authors=[])
        make.publication("A cartography of rails", authors=[])

        assert found("cart", Publication)[0]
        indexing.refresh()
        assert str(Publication.objects.best_first(Query.parse("cart"))[:1][0]) == "A cart on rails"


@pytest.mark.django_db
class TestTheIndexIsUpdatedWith:
    def test_a_saved_title(self):
        paper = make.publication("On Engines")
        assert found("engines") == ["On Engines"]

        paper.title = "On Looms"
        paper.save()

        assert (found("engines"), found("looms")) == ([], ["On Looms"])

    def test_bulk_operations_that_schedule_their_rows(self):
        paper = make.publication("On Engines", authors=[])
        Publication.objects.filter(pk=paper.pk).update(abstract="cotton")
        Authorship.objects.bulk_create([Authorship(publication=paper, name="Byron", position=1)])
        indexing.row_changed(paper)
        assert (found("cotton"), found("byron")) == (["On Engines"], ["On Engines"])

    def test_deletions_of_many_rows(self):
        make.publication("On Engines", authors=["Byron"])
        assert found("byron engines") == ["On Engines"]

        Authorship.objects.all().delete()
        assert found("byron") == []
        Publication.objects.all().delete()
        assert found("engines") == []

    def test_the_names_of_people_tags_and_their_merging(self):
        paper = make.publication("On Engines", authors=["Ada Lovelace"], tags=["mills"])
        assert found("lovelace mills") == ["On Engines"]

        person, tag = Person.objects.get(), Tag.objects.get(name="mills")
        person.name, person.other_names, tag.name = "Ada King", "Countess", "looms"
        person.save()
        tag.save()
        assert (found("lovelace"), found("mills"), found("king countess looms")) == ([], [], ["On Engines"])

        other = make.person("Augusta Byron")
        merging.merge(other, paper.authorships.get().person, None)
        assert found("augusta") == ["On Engines"]

    def test_the_text_of_a_file(self):
        paper = make.publication("On Engines")
        resource = paper.resources.create(kind="pdf", url="https://example.org/a.pdf")
        FullText.objects.create(resource=resource, sha256="", text="The velvet loom.")
        assert found("velvet") == ["On Engines"]

        resource.delete()
        assert found("velvet") == []

    def test_an_import(self):
        plan = steps.plan(bibtex.loads("@book{a, title={On Velvet}, author={Byron, Augusta}}").references, "bib")
        steps.apply(plan, publish=True)

        assert found("augusta velvet") == ["On Velvet"]

    def test_projects_people_activities_and_tags(self):
        make.project("Engine", tagline="Faster looms", tags=["mills"])
        make.activity("A talk on cotton", organisation="Royal Society", city="London")
        make.tag("steam power")

        assert found("looms mills", Project) == ["Engine"]
        assert found("royal london cotton", Activity) == ["A talk on cotton"]
        assert found("lovel", Person) == ["Ada Lovelace"]
        assert found("steam", Tag) == ["steam power"]

    def test_nothing_that_was_rolled_back(self):
        with transaction.atomic():
            make.publication("On Engines")
            transaction.set_rollback(True)

        assert found("engines") == []

    def test_no_change_when_a_draft_is_published(self):
        paper = make.publication("On Engines", state="draft")
        assert found("engines") == []

        Publication.objects.filter(pk=paper.pk).publish()

        assert found("engines") == ["On Engines"]

    def test_rows_that_a_data_migration_changes(self):
        make.publication("On Engines")
        found("engines")
        Publication.objects.update(title="On Looms")
        assert found("looms") == []

        indexing.after_migrate(list(apps.get_app_configs())[-1], plan=["a migration"])

        assert (found("engines"), found("looms")) == ([], ["On Looms"])

    def test_a_dump_leaves_the_words_out(self):
        make.publication("On Engines")
        found("engines")

        out = io.StringIO()
        call_command("dumpdata", "publications", stdout=out)

        assert "publications.publicationindex" not in out.getvalue()
        assert "publications.publication" in out.getvalue()

    def test_a_rebuild_of_a_lost_index(self):
        make.publication("On Engines")
        make.project("Engine")
        found("engines")
        for one in indexing.INDEXED.values():
            one.index.objects.all()._raw_delete("default")
        assert found("engines") == []

        written = []
        assert indexing.rebuild(progress=written.append) == sum(written) > 1

        assert (found("engines"), found("engine", Project)) == (["On Engines"], ["Engine"])

    def test_a_rebuild_that_removes_the_documents_of_deleted_rows(self):
        paper = make.publication("On Engines")
        found("engines")
        Authorship.objects.all().delete()
        Publication.objects.all()._raw_delete("default")

        indexing.rebuild()

        assert not paper._meta.get_field("index").related_model.objects.exists()

    def test_a_rebuild_that_is_stopped_says_so_and_loses_nothing(self, monkeypatch):
        make.publication("On Engines")
        found("engines")

        def stop(bar, number):
            signal.raise_signal(signal.SIGINT)

        with monkeypatch.context() as patch:
            patch.setattr("config.management.commands.rebuild_search.tqdm.update", stop)
            with pytest.raises(CommandError, match="Stopped") as stopped:
                call_command("rebuild_search", stdout=io.StringIO())

        assert stopped.value.returncode == 130
        assert found("engines") == ["On Engines"]


@pytest.mark.django_db(transaction=True)
class TestWithoutATransactionAround:
    def test_a_save_is_found_at_once(self):
        paper = make.publication("On Engines")
        paper.abstract = "cotton"
        paper.save()

        assert Publication.objects.search("cotton", VISITOR).get() == paper

    def test_visitors_find_what_an_editor_has_just_saved(self, client, editor_client):
        make.owner()
        data = {"title": "Outside", "name": "steam power", "slug": "", "description": ""}
        assert editor_client.post("/admin/profiles/tag/add/", data).status_code == 302

        assert list(Tag.objects.best_first(Query.parse("steam")))

    def test_a_failing_index_does_not_make_a_save_fail(self, monkeypatch, caplog):
        def fail(kind, keys):
            message = "disk full"
            raise OSError(message)

        monkeypatch.setattr(indexing, "_write", fail)

        make.publication("On Engines")

        assert Publication.objects.count() == 1
        assert "disk full" in caplog.text

    def test_searching_writes_nothing(self, client, django_assert_num_queries):
        make.publication("On Engines")

        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search/?q=engines").context["total"] == 1

        assert not [query for query in queries if not query["sql"].startswith("SELECT")]
