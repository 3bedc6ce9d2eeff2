"""Rewrites the links in pages, feeds and the like so that they lead to the files of an export.

Everything else stays byte for byte. Uploaded files are not changed at all.
"""

import json
import re
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from django.http import FileResponse
from django.templatetags.static import static

from config.upkeep.export.addresses import exported

TAG = re.compile(r"""<[a-z](?:[^>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
ATTRIBUTE = re.compile(r'(?<=\s)(href|src|srcset|action|content|poster)="([^"]*)"')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|$", re.IGNORECASE)
LINK_HEADER = re.compile(r'<([^>]*)>((?:; [a-z]+="[^"]*")*)')
HEAD = '  <meta charset="utf-8">\n'
# Browsers read this in a header only.
FRAME_ANCESTORS = re.compile("; frame-ancestors [^;]*")
# The link to a facet with all its choices, which the script of an export does not show.
ALL_CHOICES = re.compile(r'<li><a href="[^"]*facets=all"[^>]*>[^<]*</a></li>')
# An exported file has the whole list.
FILTERED_EXPORTS = re.compile(r'<link rel="alternate" [^>]* href="/publications\.\w+\?[^>]*>')
LIVE_FORM = re.compile(r'(<form id="search"[^>]*) data-live(?=>)')  # site.js filters by its address
NO_SCRIPT = "<noscript><p>Here the filters and the search need JavaScript.</p></noscript>"


class Rewriter:
    """Rewrites links for an export at ``base`` ("https://ada.github.io/site").

    Links on pages become "/site/publications/", absolute ones stay absolute. ``on_link`` is called with the address of
    each link that leads to the site ("/publications/").
    """

    def __init__(self, base, on_link):
        self.base, self.path, self.on_link = base, urlsplit(base).path, on_link

    def rewrite(self, response, address):
        """Return the body of the response to an address, as an iterable of bytes."""
        kind = response.headers["Content-Type"].partition(";")[0]
        if kind == "text/css":
            content = b"".join(response)
            for link in re.findall(r"""url\(["']?([^)"']*)""", content.decode(errors="replace")):
                self.link(link, address)
            return [content]
        rewrite = {
            "text/html": self.html,
            "application/atom+xml": self.feed,
            "application/xml": self.sitemap,
            "application/manifest+json": self.manifest,
            "text/markdown": self.markdown,
            "text/plain": self.markdown,  # llms.txt
        }.get(kind)
        if rewrite is None or isinstance(response, FileResponse):
            return response
        text = response.content.decode()
        if kind == "text/html":
            text = with_headers(text, response.headers)
        return [rewrite(text, address).encode()]

    def link(self, value, page):
        """Return the link for an export that a page of the site has as ``value``; links to other sites stay."""
        if value.startswith(f"{self.base}/"):
            start, address = self.base, value.removeprefix(self.base)
        elif ELSEWHERE.match(value):
            return value
        else:
            start, address = self.path, urljoin(page, value)
        self.on_link(address)
        return start + exported(address)

    def html(self, text, page):
        """Rewrite the attributes of tags in HTML."""

        def attribute(match):
            name, value = match[1], unescape(match[2])
            if name == "content" and not value.startswith(f"{self.base}/"):
                return match[0]
            if name == "srcset":
                new = re.sub(r"(?:(?<=^)|(?<=, ))\S+", lambda candidate: self.link(candidate[0], page), value)
            else:
                new = self.link(value, page)
            return match[0] if new == value else f'{name}="{escape(new)}"'

        return TAG.sub(lambda tag: ATTRIBUTE.sub(attribute, tag[0]), text)

    def feed(self, text, page):
        """Rewrite an Atom feed: its own links, and those in the HTML of its entries."""

        def html(match):
            return escape(self.html(unescape(match[0]), page), quote=False)

        text = re.sub(r'(?<= type="html">)[^<]*', html, text)
        return re.sub("<link [^>]*>", lambda link: self.html(link[0], page), text)

    def sitemap(self, text, page):
        """Rewrite a sitemap or an index of sitemaps. It has the live site's host, and no path of ``base``."""

        def location(match):
            address = urlsplit(unescape(match[0]))._replace(scheme="", netloc="").geturl()
            return escape(self.link(self.base + address, page), quote=False)

        return re.sub("(?<=<loc>)[^<]*", location, text)

    def markdown(self, text, page):
        return re.sub(r"(?<=\]\()[^)\s]+", lambda link: self.link(link[0], page), text)

    def manifest(self, text, page):
        content = json.loads(text)
        for item, name in [(content, "start_url"), *((icon, "src") for icon in content["icons"])]:
            item[name] = self.link(item[name], page)
        return json.dumps(content)


def with_headers(text, headers):
    """Return a page with what static hosts do not send as headers, and with the script that filters an export."""
    links = [
        f'<link href="{escape(address)}"{parameters.replace("; ", " ")}>\n'
        for address, parameters in LINK_HEADER.findall(headers.get("Link", ""))
    ]
    policy = escape(FRAME_ANCESTORS.sub("", headers["Content-Security-Policy"]), quote=False)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    text = text.replace(HEAD, "".join([HEAD, policy, *links]), 1)
    text = FILTERED_EXPORTS.sub("", text)
    if LIVE_FORM.search(text):
        script = f'<script type="module" src="{static("js/exported.js")}"></script>'
        text = LIVE_FORM.sub(r"\1", text).replace("</head>", f"{script}\n</head>", 1)
        text = text.replace("</form>", f"</form>{NO_SCRIPT}", 1)
        text = ALL_CHOICES.sub("", text)
    return text
