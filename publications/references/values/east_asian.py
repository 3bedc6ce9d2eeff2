"""Chinese, Japanese and Korean names in their own scripts, which are written without a comma and often without a space.

Names in Latin letters ("Xiaoming Wang") are like all others.
"""

from profiles.content.names import split_east_asian
from publications.references.reference import Name


def east_asian_name(text):
    """Return the Name of "王小明", "王 小明", "小明 王" or "山田 太郎", or None if its parts are unknown."""
    parts = split_east_asian(text)
    return parts and Name(parts.family, parts.given)


def separated(parts):
    """Return the names in a text split at commas: one in "王, 小明", two in "王小明, 李华" or "王小明 李华"."""
    if len(parts) % 2 == 0 and all(len(family) <= 2 and not split_east_asian(family) for family in parts[::2]):
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    texts = [part.split() if all(map(split_east_asian, part.split())) else [part] for part in parts]
    return [text for some in texts for text in some]
