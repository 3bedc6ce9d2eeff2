"""Splits the name of a person into the parts that citations need.

Pure Python, so that ``publications.references`` can import it.

The rules are BibTeX's for "First von Last", with these differences. BibTeX treats a word whose first letter is not
ASCII as a particle; here "Ö" is upper case. "Jr." or "III" at the end is a suffix even without a comma. No capitalised
word is part of a particle: the family name is "Cruz y Ortega" in "de la Cruz y Ortega", and "Van der Berg" with a
capital as a whole. "Ortega y Gasset", "Ó Briain" and "Di Matteo" are family names after a given name, too.

Chinese and Korean names in their own scripts are split: "王小明" has the family name "王", "김철수" has "김". Japanese
names without a space cannot be split safely, and stay whole.
"""

import re
from itertools import takewhile
from typing import NamedTuple

from profiles.content.patterns import COLLABORATION, EAST_ASIAN

SUFFIX = re.compile(r"(?:Jr|Sr|jr|sr)\.?|Ph\.? ?D\.?|[IVX]{2,}|V", re.ASCII)
# What cannot be initials of given names, as "V", "II", "IV" and "VI" can.
CERTAIN_SUFFIX = re.compile(r"(?:Jr|Sr|jr|sr)\.?|Ph\.? ?D\.?|[IVX]{3,}", re.ASCII)
# Words between two family names in Spanish, Catalan and Portuguese.
CONNECTORS = {"y", "i", "e"}
# With a capital, these begin a family name even after a given name.
PREFIXES = {
    "Ó", "Ní", "Nic", "Uí", "Ua", "Mhic", "Mac", "Mc", "De", "Del", "Della", "Delle", "Dello", "Dei", "Dal", "Dalla",
    "Degli", "Di", "Da", "Dos", "Das", "Du", "Des", "El", "Al", "Abu", "La", "Le", "Lo", "Von", "Vander",
}  # fmt: skip
# The usual family names, in simplified and traditional characters. They cover nine in ten Chinese people.
CHINESE = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧"
    "许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔"
    "白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文樊兰蘭殷施陶洪翟安颜顏倪严"
    "嚴牛温芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路岳齐齊梅"
)
TWO_CHARACTERS = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|夏侯|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|慕容|令狐|"
    "司徒|宇文|长孙|長孫|端木|百里|东郭|東郭|南宫|南宮|西门|西門|"
    "남궁|황보|제갈|사공|선우|서문|독고|동방"
)
KANA = re.compile(r"[\u3005\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7a3]+")


class NameParts(NamedTuple):
    """The parts of a person's name, which have the names of the fields of Person."""

    given: str = ""
    particle: str = ""
    family: str = ""
    suffix: str = ""

    def cited(self):
        """Return the name as a bibliography starts with it: "van der Berg, J.-L., Jr."."""
        if EAST_ASIAN.fullmatch(self.family + self.given):
            return self.family + self.given
        given = [re.sub(r"[^\W\d_][^\s-]*", lambda word: f"{word[0][0].upper()}.", word) for word in self.given.split()]
        family = " ".join(filter(None, (self.particle, self.family)))
        return ", ".join(filter(None, (family, " ".join(given), self.suffix)))


def split_name(text):
    """Return the NameParts of a name as it is shown on pages. A group, such as "The Engine Team", has none."""
    text = " ".join(text.split())
    if COLLABORATION.search(text):
        return NameParts()
    name, comma, suffix = text.rpartition(", ")
    has_suffix = comma and CERTAIN_SUFFIX.fullmatch(suffix)
    parts = split_east_asian(text) or split_latin((name if has_suffix else text).split())
    return parts._replace(suffix=suffix) if has_suffix else parts


def split_latin(words, read=str):
    """Return the NameParts of the words of a name. ``read`` makes text of a word, which may be TeX."""
    *before, last = words or [""]
    is_fifth = last == "V" and len(words) > 2 and not any(map(is_initials, before))  # "John Smith V"
    suffix = ""
    if is_fifth or (len(words) == 2 and CERTAIN_SUFFIX.fullmatch(last)):
        words, suffix = before, last
    elif len(words) > 2:
        words, suffix = split_suffix(words)
    start = end = max(len(words) - 1, 0)
    for place, word in enumerate(words[:-1]):
        text = read(word)
        is_prefix = text in PREFIXES or (text == "Van" and read(words[place + 1]).lower() in ("de", "den", "der"))
        if place and (is_prefix or text in CONNECTORS):
            start = end = place - (text in CONNECTORS)
            break
        if is_particle(word, read):
            particles = list(takewhile(lambda word: is_particle(word, read), words[place:-1]))
            start, end = place, place + len(particles)
            break
    texts = (read(" ".join(some)) for some in (words[:start], words[start:end], words[end:]))
    return NameParts(*texts, read(suffix))


def split_suffix(words):
    """Return the words without "Jr." or "III" at the end, and the suffix. A "V" is an initial."""
    if len(words) > 1 and SUFFIX.fullmatch(words[-1]) and words[-1] != "V":
        return [*words[:-2], words[-2].rstrip(",")], words[-1]
    return words, ""


def is_particle(word, read):
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    return read(word).islower()  # not "tSaoir", "al-Hasan"


def is_initials(text):
    """Return whether a text consists of initials: "A.", "A. B.", "A.-B.", "AB"."""
    words = re.split(r"[\s.-]+", text.strip(" ."))
    return all(word.isupper() for word in words) and 0 < sum(map(len, words)) <= 4


def is_family(text):
    """Return whether a text is a usual Chinese family name, or one syllable of Korean, as most family names are."""
    is_usual = len(text) == 1 and (text in CHINESE or HANGUL.fullmatch(text))
    return bool(is_usual or TWO_CHARACTERS.fullmatch(text))


def split_east_asian(text):
    """Return the NameParts of "王小明", "王 小明", "小明 王" or "山田 太郎", or None if its parts are unknown."""
    words = text.split()
    if not words or len(words) > 2 or not EAST_ASIAN.fullmatch("".join(words)):
        return None
    if len(words) == 2:
        family, given = reversed(words) if is_family(words[1]) and not is_family(words[0]) else words
        return NameParts(given=given, family=family)
    family = text[:2] if len(text) > 2 and TWO_CHARACTERS.match(text) else text[:1]
    longest = len(family) + (3 if HANGUL.fullmatch(text) else 2)
    has_parts = is_family(family) and len(family) < len(text) <= longest and not KANA.search(text)
    return NameParts(given=text[len(family) :], family=family) if has_parts else None
