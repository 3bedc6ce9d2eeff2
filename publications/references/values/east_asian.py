"""Chinese, Japanese and Korean names in their own scripts, which are written without a comma and often without a space.

Chinese and Korean names are split: "王小明" has the family name "王", "김철수" has "김". Japanese names without a space
cannot be split safely, and stay whole. Names in Latin letters ("Xiaoming Wang") are like all others.
"""

import re

from profiles.content.patterns import EAST_ASIAN
from publications.references.reference import Name

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


def is_family(text):
    """Return whether a text is a usual Chinese family name, or one syllable of Korean, as most family names are."""
    is_usual = len(text) == 1 and (text in CHINESE or HANGUL.fullmatch(text))
    return bool(is_usual or TWO_CHARACTERS.fullmatch(text))


def split_name(text):
    """Return the Name of "王小明", "王 小明", "小明 王" or "山田 太郎", or None if its parts are unknown."""
    words = text.split()
    if not words or len(words) > 2 or not EAST_ASIAN.fullmatch("".join(words)):
        return None
    if len(words) == 2:
        first, second = words
        return Name(second, first) if is_family(second) and not is_family(first) else Name(first, second)
    family = text[:2] if len(text) > 2 and TWO_CHARACTERS.match(text) else text[:1]
    longest = len(family) + (3 if HANGUL.fullmatch(text) else 2)
    has_parts = is_family(family) and len(family) < len(text) <= longest and not KANA.search(text)
    return Name(family, text[len(family) :]) if has_parts else None


def separated(parts):
    """Return the names in a text split at commas: one in "王, 小明", two in "王小明, 李华" or "王小明 李华"."""
    if len(parts) % 2 == 0 and all(len(family) <= 2 and not split_name(family) for family in parts[::2]):
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    texts = [part.split() if all(map(split_name, part.split())) else [part] for part in parts]
    return [text for some in texts for text in some]
