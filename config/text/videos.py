"""Videos on YouTube, Vimeo and PeerTube: the address of the page, and that of the player in a frame."""

import re
from dataclasses import dataclass

YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtu\.be/|youtube(?:-nocookie)?\.com/(?:(?:embed|live|shorts|v)/|watch\?(?:[^#\s]*&)?v=))"
    r"(?P<id>[\w-]{11})(?![\w-])",
    re.ASCII,
)
VIMEO = re.compile(
    r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/|channels/[\w-]+/)?(?P<id>\d+)(?:/|\?h=)?(?P<key>[0-9a-f]{6,})?"
    r"(?![\w-])",
    re.ASCII,
)
# On any host.
PEERTUBE = re.compile(
    r"(?P<origin>https://[a-z0-9-]+(?:\.[a-z0-9-]+)+)/(?:w|videos/(?:watch|embed))/(?P<id>[\w-]{10,50})(?![\w-])",
    re.ASCII,
)
# Where a video starts, as these sites write it: "?t=90", "&t=1m30s", "#t=30s", "&start=90".
START = re.compile(r"[?&#](?:t|start)=(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?(?![\w.])", re.ASCII)
FILE = re.compile(r"/?[\w.~%-][\w.~%/+,-]*\.(?:mp4|m4v|mov|ogv|webm)", re.IGNORECASE)


@dataclass(frozen=True)
class Video:
    """``page`` is for people without JavaScript, ``player`` for the frame, ``origin`` for its permission."""

    site: str
    page: str
    origin: str
    path: str

    @property
    def player(self):
        return self.origin + self.path


def read(address):
    """Return the Video at an address, or None if it is not one on a known site."""
    start = start_of(address)
    if found := YOUTUBE.match(address):
        page, path = f"https://www.youtube.com/watch?v={found['id']}", f"/embed/{found['id']}?autoplay=1"
        if start:
            page, path = f"{page}&t={start}s", f"{path}&start={start}"
        return Video("YouTube", page, "https://www.youtube-nocookie.com", path)
    if found := VIMEO.match(address):
        number, key = found["id"], found["key"]
        moment = f"#t={start}s" if start else ""
        page = f"https://vimeo.com/{number}" + (f"/{key}" if key else "")
        path = f"/video/{number}?autoplay=1&dnt=1" + (f"&h={key}" if key else "")
        return Video("Vimeo", page + moment, "https://player.vimeo.com", path + moment)
    if found := PEERTUBE.match(address):
        origin, key = found["origin"], found["id"]
        page, path = f"{origin}/w/{key}", f"/videos/embed/{key}?autoplay=1&p2p=0"
        if start:
            page, path = f"{page}?start={start}s", f"{path}&start={start}s"
        return Video(f"PeerTube ({origin.removeprefix('https://')})", page, origin, path)
    return None


def start_of(address):
    """Return the second at which the video of an address starts; 0 if the address does not say it."""
    found = START.search(address)
    hours, minutes, seconds = (int(number or 0) for number in found.groups()) if found else (0, 0, 0)
    return 3600 * hours + 60 * minutes + seconds
