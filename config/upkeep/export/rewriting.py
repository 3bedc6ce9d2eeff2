"""Pages, feeds and the like with their links as an export needs them; everything else in them stays byte for byte.

Only what HTML itself reads as an address is touched: attributes of tags, found by their grammar. The text of a page,
scripts and JSON-LD are left alone.
"""

import json
import re
from html import escape, unescape
from urllib.parse import urlsplit
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import unescape as unescape_xml

from config.upkeep.export.addresses import ABSOLUTE, Place, exported
from config.web.middleware import POLICY

QUOTED = r""""[^"]*"|'[^']*'"""
# A comment, a script or style with what is in it, or a tag.
PIECE = re.compile(
    rf"<!--.*?-->|(?P<start><(?P<raw>script|style)\b(?:[^>\"']|{QUOTED})*+>)(?P<text>.*?)(?=</(?P=raw)\b)"
    rf"|<[a-z](?:[^>\"']|{QUOTED})*+>",
    re.DOTALL | re.IGNORECASE,
)
ATTRIBUTE = re.compile(rf"""(?P<name>[^\s"'<>/=]+)(?P<sign>\s*=\s*)(?P<value>{QUOTED}|[^\s"'>]+)""")
ADDRESSES = {"href", "src", "srcset", "action", "poster", "content"}
CANDIDATE = re.compile(r"([^\s,]\S*)((?:\s+[\d.]+[wx])?\s*(?:,\s*|$))")
HEAD = '  <meta charset="utf-8">\n'
# Without the part that browsers read in a header alone.
OWN_POLICY = POLICY.partition("; frame-ancestors")[0]
HEADER_LINK = re.compile(r'<([^>]*)>((?:; [a-z]+="[^"]*")*)')
NO_SCRIPT = "<noscript><p>Here the filters and the search need JavaScript.</p></noscript>"


class Rewriter:
    """Rewrites what stands in one place, and notes in ``found`` the addresses of the site that it leads to."""

    def __init__(self, addresses, place):
        self.addresses = addresses
        self.place = place
        self.found = set()

    def link(self, value):
        own = self.addresses.own(value, self.place.live)
        if own is not None:
            self.found.add(own)
        return self.addresses.link(value, self.place)

    def candidates(self, value):
        """The pictures that a ``srcset`` offers."""
        return CANDIDATE.sub(lambda one: self.link(one[1]) + one[2], value)

    def html(self, text):
        """A page, or a part of one."""
        return PIECE.sub(self._piece, text)

    def page(self, text, header=""):
        """A whole page. What a server says beside it, a static host does not: so its policy, and the links of its
        ``Link`` header, go into its head."""
        links = "".join(
            f'<link href="{escape(address)}"{parameters.replace("; ", " ")}>\n'
            for address, parameters in HEADER_LINK.findall(header)
        )
        policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(OWN_POLICY, quote=False)}">\n'
        text = text.replace(HEAD, HEAD + policy + links, 1)
        if self.has_filters(text):
            text = text.replace("</form>", f"</form>{NO_SCRIPT}", 1)
        return self.html(text)

    def has_filters(self, text):
        return any(f'src="{script}"' in text for script in self.addresses.instead)

    def feed(self, text):
        """An Atom feed; its texts are HTML whose links begin wherever a reader shows them."""
        inner = Rewriter(self.addresses, Place(self.place.live, self.place.path, ABSOLUTE))

        def content(match):
            return match[1] + escape_xml(inner.html(unescape_xml(match[2])))

        text = re.sub(r'(<(?:summary|content) type="html">)([^<]*)', content, text)
        text = re.sub(r'(?<= href=")([^"]*)', lambda match: escape(self.link(unescape(match[1]))), text)
        self.found |= inner.found
        return text

    def sitemap(self, text):
        """A site map, or the index of several. They know no folder of the host, and name nothing but the site's own."""

        def whole(match):
            parts = urlsplit(unescape_xml(match[1]))
            own = parts.path + (f"?{parts.query}" if parts.query else "")
            self.found.add(own)
            return escape_xml(self.addresses.base + exported(own))

        return re.sub(r"(?<=<loc>)([^<]*)", whole, text)

    def manifest(self, text):
        content = json.loads(text)
        content["start_url"] = self.link(content["start_url"])
        for icon in content["icons"]:
            icon["src"] = self.link(icon["src"])
        return json.dumps(content)

    def style(self, text):
        """A style sheet as it is; its addresses are relative already."""
        for quoted, bare in re.findall(r"""url\(\s*(?:["']([^"']*)["']|([^)"'\s]*))\s*\)""", text):
            self.link(quoted or bare)
        return text

    def script(self, text):
        """A module as it is, likewise."""
        for address in re.findall(r"""^import\b[^"';]*["']([^"']+)["']""", text, re.MULTILINE):
            self.link(address)
        return text

    def _piece(self, match):
        if match["raw"]:
            return self._tag(match["start"]) + match["text"]
        return match[0] if match[0].startswith("<!--") else self._tag(match[0])

    def _tag(self, tag):
        return ATTRIBUTE.sub(self._attribute, tag)

    def _attribute(self, match):
        name, said = match["name"].lower(), match["value"]
        if name not in ADDRESSES:
            return match[0]
        value = unescape(said[1:-1] if said[0] in "\"'" else said)
        if name == "content" and not value.startswith(self.addresses.base):
            return match[0]
        new = self.candidates(value) if name == "srcset" else self.link(value)
        return match[0] if new == value else f'{match["name"]}{match["sign"]}"{escape(new)}"'
