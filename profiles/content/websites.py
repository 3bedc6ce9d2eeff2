"""Websites that a site links to: how to recognise an address there, and a person's own page.

To add one, add a row to WEBSITES, and an icon of that name to img/icons.svg unless it uses that of a group.
"""

import re
from dataclasses import dataclass

from profiles.content.patterns import ORCID

SCHEME = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@/:]+@[^\s@/:]+\.[^\s@/:.]+")
HANDLE = re.compile(r"@([\w.-]+)@([\w-]+(?:\.[\w-]+)+)")  # of Mastodon: @ada@mastodon.social
WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")
TAIL = r"/?(?:[?#].*)?"  # what may follow the address of a profile: tracking parameters, for example


@dataclass(frozen=True)
class Website:
    """``hosts`` and ``profile`` are patterns, without scheme and "www.", of its hosts and of a person's page there.

    Group 1 of ``profile`` is the name of the account. ``icon`` is the id of its icon, the key unless given. ``holds``
    is the kind of resource that its other addresses are. ``is_own`` says that the page is the person's own, and not an
    article about them.
    """

    key: str
    label: str
    hosts: str
    profile: str = ""
    icon: str = ""
    holds: str = ""
    is_own: bool = True

    def is_at(self, address):
        return bool(re.fullmatch(self.hosts, bare(address).partition("/")[0].partition("?")[0], re.IGNORECASE))

    def account(self, address):
        """Return the name of the account whose page an address is, None if it is no person's page."""
        found = self.profile and re.fullmatch(self.profile + TAIL, bare(address), re.IGNORECASE)
        return found[1] if found else None


ANY = r"(?:[\w-]+\.)*"  # subdomains
NAME = r"([\w.-]+)"

WEBSITES = {site.key: site for site in [
    Website("academia", "Academia.edu", rf"{ANY}academia\.edu", r"[\w.-]+\.edu/([^\W\d][\w-]*)", "academic"),
    Website("acm", "ACM Digital Library", r"dl\.acm\.org", r"dl\.acm\.org/profile/(\d+)", "academic"),
    Website("arxiv", "arXiv", r"(?:[a-z]+\.)?arxiv\.org", r"arxiv\.org/a/(\w+)"),
    Website("bitbucket", "Bitbucket", r"bitbucket\.org", rf"[^/]+/{NAME}", "code", "code"),
    Website("bluesky", "Bluesky", r"bsky\.app", r"bsky\.app/profile/([^/?#]+)"),
    Website("codeberg", "Codeberg", r"codeberg\.org", rf"[^/]+/{NAME}", "code", "code"),
    Website("dblp", "DBLP", r"dblp\.(?:org|uni-trier\.de|dagstuhl\.de)", r"[^/]+/pid/(\w+/[\w-]+?)(?:\.html)?",
            "academic"),
    Website("facebook", "Facebook", r"(?:m\.)?facebook\.com",
            r"[^/]+/(?:profile\.php\?id=(?=\d))?(?!events|groups|photo|share|watch)([\w.]+)", "social"),
    Website("figshare", "Figshare", r"figshare\.com", r"figshare\.com/authors/[^/]+/(\d+)", "data", "data"),
    Website("github", "GitHub", r"(?:gist\.)?github\.com",
            r"[^/]+/(?!(?:about|explore|features|search|topics|trending)\b)([\w-]+)", holds="code"),
    Website("gitlab", "GitLab", r"gitlab\.[\w.-]+", rf"[^/]+/(?!explore\b){NAME}", holds="code"),
    Website("hal", "HAL", r"(?:[\w-]+\.)*(?:hal\.science|archives-ouvertes\.fr)", r"cv\.[^/]+/([\w-]+)", "academic"),
    Website("huggingface", "Hugging Face", r"(?:huggingface\.co|hf\.co)",
            rf"[^/]+/(?!(?:blog|collections|datasets|docs|models|papers|spaces)\b){NAME}", holds="data"),
    Website("ieee", "IEEE Xplore", r"ieeexplore\.ieee\.org", r"[^/]+/author/(\d+)", "academic"),
    Website("inspire", "INSPIRE", r"inspirehep\.net", r"inspirehep\.net/authors/(\d+)", "academic"),
    Website("instagram", "Instagram", r"instagram\.com", rf"instagram\.com/(?!(?:explore|p|reel)\b){NAME}", "social"),
    Website("kaggle", "Kaggle", r"kaggle\.com",
            r"kaggle\.com/(?!(?:code|competitions|datasets|models)\b)([\w-]+)", "data", "data"),
    Website("linkedin", "LinkedIn", r"(?:\w+\.)?linkedin\.com", r"[^/]+/in/([^/?#]+)(?:/\w\w)?"),
    Website("mathscinet", "MathSciNet", r"mathscinet\.ams\.org",
            r"[^/]+/.*?(?:author\?authorId|[?&]mrauthid|MRAuthorID)[=/](\d+)", "academic"),
    Website("medium", "Medium", rf"{ANY}medium\.com", r"(?:medium\.com/@)?([\w-]+)(?:\.medium\.com)?", "social"),
    Website("openalex", "OpenAlex", r"(?:explore\.)?openalex\.org", r"[^/]+/(?:authors/|people/)?(A\d+)", "academic"),
    Website("openreview", "OpenReview", r"openreview\.net", r"[^/]+/profile\?(?:.*&)?id=([^&#]+).*", "academic"),
    Website("orcid", "ORCID", r"orcid\.org", rf"orcid\.org/({ORCID})"),
    Website("osf", "OSF", r"osf\.io", icon="data", holds="data"),
    Website("philpapers", "PhilPapers", r"(?:philpapers|philpeople)\.org", r"[^/]+/profiles?/([\w-]+)", "academic"),
    Website("pubmed", "PubMed", r"(?:pubmed\.)?ncbi\.nlm\.nih\.gov", r"[^/]+/myncbi/([\w.-]+)(?:/.*)?", "academic"),
    Website("repec", "RePEc", r"ideas\.repec\.org", r"[^/]+/[ef]/(p\w+)\.html", "academic"),
    Website("researchgate", "ResearchGate", r"researchgate\.net", r"[^/]+/profile/([^/?#]+)", "academic"),
    Website("ads", "SAO/NASA ADS", r"(?:ui\.)?adsabs\.harvard\.edu", icon="academic"),
    Website("scholar", "Google Scholar", r"scholar\.google\.[\w.]+", r"[^/]+/citations\?(?:.*&)?user=([\w-]+).*"),
    Website("scopus", "Scopus", r"scopus\.com", r"[^/]+/authid/detail\.uri\?(?:.*&)?authorId=(\d+).*", "academic"),
    Website("semanticscholar", "Semantic Scholar", r"semanticscholar\.org", r"[^/]+/author/(?:[^/]+/)?(\d+)",
            "academic"),
    Website("slideshare", "SlideShare", r"(?:\w+\.)?slideshare\.net", rf"[^/]+/(?!slideshow\b){NAME}", "slides",
            "slides"),
    Website("sourcehut", "SourceHut", rf"{ANY}sr\.ht", r"[^/]+/(~[\w.-]+)", "code", "code"),
    Website("speakerdeck", "Speaker Deck", r"speakerdeck\.com", r"[^/]+/(?!(?:c|p)/)([\w-]+)", "slides", "slides"),
    Website("ssrn", "SSRN", r"(?:papers\.)?ssrn\.com", r"[^/]+/(?:author=|.*?[?&]per_id=)(\d+)", "academic"),
    Website("stackoverflow", "Stack Overflow", rf"{ANY}(?:stackoverflow|stackexchange|mathoverflow)\.(?:com|net)",
            r"[^/]+/users/(\d+)(?:/[^/]*)?", "code"),
    Website("substack", "Substack", rf"{ANY}substack\.com", r"(?:substack\.com/@)?([\w-]+)(?:\.substack\.com)?",
            "social"),
    Website("threads", "Threads", r"threads\.(?:net|com)", rf"[^/]+/@{NAME}", "social"),
    Website("vimeo", "Vimeo", r"(?:player\.)?vimeo\.com", r"vimeo\.com/(?=\w*[a-z])(\w+)", "video", "video"),
    Website("wos", "Web of Science", r"(?:webofscience|publons|researcherid)\.com",
            r"[^/]+/(?:wos/author/\w+|researcher|rid)/([\w-]+)(?:/[^/]*)?", "academic"),
    Website("wikidata", "Wikidata", r"wikidata\.org", r"[^/]+/(?:wiki|entity)/(Q\d+)", "wikipedia", is_own=False),
    Website("wikipedia", "Wikipedia", r"(?:[\w-]+\.)*wikipedia\.org", r"[^/]+/wiki/([^:?#]+)", is_own=False),
    Website("x", "X", r"(?:mobile\.)?(?:x|twitter)\.com", r"[^/]+/(?!(?:home|i|search|share)\b)(\w+)"),
    Website("youtube", "YouTube", r"(?:m\.)?(?:youtube\.com|youtu\.be)",
            r"[^/]+/(?:@|channel/|c/|user/)([\w.-]+)", holds="video"),
    Website("zbmath", "zbMATH", r"zbmath\.org", r"[^/]+/authors/(?:\?q=ai:)?([\w.-]+)", "academic"),
    Website("zenodo", "Zenodo", r"(?:\w+\.)?zenodo\.org", icon="data", holds="data"),
    # Last, because each server of Mastodon has its own host.
    Website("mastodon", "Mastodon", r"(?:fosstodon\.org|hachyderm\.io|mathstodon\.xyz|[\w.-]+\.social)",
            rf"[^/]+/@{NAME}"),
]}  # fmt: skip


def bare(address):
    """Return an address without its scheme and "www."."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip(), flags=re.IGNORECASE)


def website_of(address):
    """Return the Website of an address, or None."""
    known = (site for site in WEBSITES.values() if site.is_at(address))
    mastodon = WEBSITES["mastodon"]
    return next(known, mastodon if mastodon.account(address) else None)


def guess_kind(address):
    """Return the kind of link that an address is: the key of a website, "email", "cv" or "other"."""
    if address.lower().startswith("mailto:"):
        return "email"
    if site := website_of(address):
        return site.key
    is_cv = re.search(r"/(?:[\w-]*[_-])?(?:cv|vita|resume)(?:[_-][\w-]*)?(?:\.\w+)?/?$", bare(address), re.IGNORECASE)
    return "cv" if is_cv else "other"


def whole_address(text):
    """Return the whole address of what somebody typed: "github.com/ada", "@ada@mastodon.social", an e-mail address.

    Raise ValueError if it is no address.
    """
    text = text.strip()
    if SCHEME.match(text):
        return text
    if EMAIL.fullmatch(text):
        return f"mailto:{text}"
    if handle := HANDLE.fullmatch(text):
        return f"https://{handle[2]}/@{handle[1]}"
    if re.fullmatch(ORCID, text):
        return f"https://orcid.org/{text}"
    if WITHOUT_SCHEME.fullmatch(text):
        return f"https://{text}"
    raise ValueError(text)
