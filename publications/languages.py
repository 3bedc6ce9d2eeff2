"""The language of a work as a BCP 47 tag, from what files say: "german", "ngerman", "ger", "Deutsch" and "de_DE"."""

import re
from functools import cache, lru_cache

from django.conf.locale import LANG_INFO

TAG = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]{2,8})*)", re.IGNORECASE)
# The codes of ISO 639-2 and 639-3 for languages that have one in 639-1.
CODES = dict(re.findall(
    r"(\w{3}) (\w\w)",
    "ara ar arb ar aze az baq eu bel be ben bn bos bs bul bg cat ca ces cs chi zh cmn zh cym cy cze cs dan da deu de "
    "dut nl ell el eng en est et eus eu fas fa fin fi fra fr fre fr geo ka ger de gle ga glg gl gre el heb he hin hi "
    "hrv hr hun hu hye hy ice is ind id isl is ita it jpn ja kat ka kaz kk kor ko lat la lav lv lit lt mac mk may ms "
    "mkd mk msa ms nld nl nno nn nob nb nor no per fa pes fa pol pl por pt ron ro rum ro rus ru slk sk slo sk slv sl "
    "spa es sqi sq srp sr swa sw swe sv tam ta tha th tur tr ukr uk urd ur uzb uz vie vi wel cy zho zh",
))  # fmt: skip
# Names of the LaTeX packages babel and polyglossia, and other names that Django does not list.
NAMES = {
    "american": "en-US", "usenglish": "en-US", "british": "en-GB", "ukenglish": "en-GB", "austrian": "de-AT",
    "naustrian": "de-AT", "ngerman": "de", "swissgerman": "de-CH", "nswissgerman": "de-CH", "brazilian": "pt-BR",
    "brazil": "pt-BR", "portuges": "pt", "canadien": "fr-CA", "acadian": "fr", "francais": "fr", "norsk": "nb",
    "nynorsk": "nn", "bokmål": "nb", "bahasa": "id", "magyar": "hu", "chinese": "zh", "mandarin": "zh", "中文": "zh",
    "汉语": "zh", "farsi": "fa", "castilian": "es", "castellano": "es", "greek": "el", "latin": "la", "hebrew": "he",
    "العربية": "ar", "česky": "cs", "čeština": "cs",
}  # fmt: skip


@lru_cache(maxsize=1024)
def tag_of(language):
    """Return the BCP 47 tag of a language, or "" for an unknown name or several languages."""
    name = " ".join(language.lower().split())
    if name in _names():
        return _names()[name]
    match = TAG.fullmatch(language.strip())
    if not match:
        return ""
    primary = match[1].lower()
    return CODES.get(primary, primary) + match[2].replace("_", "-")


@cache
def _names():
    """Return {name in lower case, in English and in the language itself: tag}."""
    known = [(tag, info) for tag, info in LANG_INFO.items() if "name" in info]
    return {info[key].lower(): tag for key in ("name_local", "name") for tag, info in known} | NAMES
