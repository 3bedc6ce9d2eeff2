"""TeX maths as text: as CSL's rich text, or in Unicode only.

latex2mathml parses the TeX, so that the text has the symbols that pages show. Spaces between symbols follow chapter 18
of The TeXbook, but are all equally wide.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape

from latex2mathml.converter import convert_to_element

MAX_LENGTH = 4000
MAX_DEPTH = 50
# A macro could expand endlessly.
MACROS = re.compile(r"\\(?:def|newcommand|newenvironment|DeclareMathOperator)(?![a-zA-Z])")
COMMAND = re.compile(r"\\(?:([a-zA-Z]+)\*?|.)", re.DOTALL)
# Commands that latex2mathml does not know, or reads as other characters.
COMMANDS = {
    "AA": "Å", "cal": r"\mathcal", "degree": "°", "ensuremath": "", "langle": "⟨", "mathsemicolon": ";",
    "mathbbm": r"\mathbb", "mathscr": r"\mathcal", "operatorname": r"\operatorname", "rangle": "⟩", "sim": "∼",
    "textdegree": "°", "xspace": "",
}  # fmt: skip
ALPHABET = re.compile(r"(\\math(?:cal|bb|frak))(?![a-zA-Z])\s*(?:\{|([a-zA-Z]))")
OPERATOR = re.compile(
    r"\\operatorname(?![a-zA-Z])\s*\{([^{}]*)\}|\\mathop\s*\{\s*\\(?:mathrm|rm|text)\s*\{?([^{}]*)\}?\s*\}"
)
# The number of children that these elements must have.
CHILDREN = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2, "munderover": 3}
NEGATED = re.compile(r"\\not\s*([=<>])")
THIN, SIXTH = re.compile(r"\\[,;: ]|[~\s]"), "\u2006"  # the space in "arg max"
CHEMICAL = re.compile(r"\\ce\s*\{([^{}]*)\}")
COUNT, INDEX = re.compile(r"(?<=[A-Za-z)])[0-9]+"), r"_{\g<0>}"  # of the atoms in a chemical formula

SCRIPTS = {
    "sup": dict(
        zip(
            "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ*∗†‡⊤",
            "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ**†‡ᵀ",
            strict=True,
        )
    ),
    "sub": dict(zip("0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)),
}
HIGH = {"∘": "°", "°": "°", "′": "′", "″": "″", "‴": "‴"}  # need no superscript
RAISED = re.compile(r"<(sub|sup)>([^<>]*)</\1>")
# The combining characters of accents; over a whole word only those of WIDE are repeated.
ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "―": "\u0305", "‾": "\u0305",
    "→": "\u20d7", "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300",
    "˚": "\u030a", "_": "\u0332", "⏞": "", "⏟": "", "︷": "", "︸": "",
}  # fmt: skip
WIDE = "\u0305\u0332"
ROOTS = {"3": "∛", "4": "∜"}
# TeX's classes of signs. Arrows, and other signs of the block of mathematical operators, are relations.
CLASSES = {
    "open": "([{⟨⌈⌊⟦",
    "close": ")]}⟩⌉⌋⟧!",
    "punct": ",;",
    "op": "∑∏∐∫∬∭∮⋃⋂⋁⋀⨁⨂⨀",
    "bin": "+−-±∓×÷·⋅∗*⋆∘∙∩∪⊎⊓⊔∨∧⊕⊖⊗⊘⊙∖≀⋄⋉⋊",
    "rel": "<=>:⟂⪯⪰⩽⩾",
    "ord": "∥∞√∠∴∵⋮⋯⋰⋱",
}
# The classes of TeX between which there is a space.
SPACED = {
    *[(one, two) for one in ("ord", "close") for two in ("op", "bin", "rel")],
    *[("bin", two) for two in ("ord", "op", "open")],
    *[("rel", two) for two in ("ord", "op", "open")], ("op", "op"), ("op", "ord"), ("op", "rel"),
    *[("punct", two) for two in ("ord", "op", "rel", "open", "close", "punct")],
}  # fmt: skip


def tree(tex, display="inline"):
    """Return a formula as the element "math" of MathML; raise an error of any kind if latex2mathml cannot read it."""
    if len(tex) > MAX_LENGTH or MACROS.search(tex) or _depth(tex) > MAX_DEPTH:
        raise ValueError("The formula is too long or too deep, or defines macros.")
    tex = CHEMICAL.sub(lambda match: rf"\mathrm{{{COUNT.sub(INDEX, match[1])}}}", tex)
    tex = NEGATED.sub(lambda match: unicodedata.normalize("NFC", f"{match[1]}\u0338"), tex)
    tex = COMMAND.sub(lambda match: f"{COMMANDS[match[1]]} " if match[1] in COMMANDS else match[0], tex)
    tex = OPERATOR.sub(lambda match: rf"\operatorname{{{THIN.sub(SIXTH, match[1] or match[2])}}}", tex)
    tex = ALPHABET.sub(lambda match: f"{match[1]}{{{match[2]}}}" if match[2] else f"{match[1]}{{", tex)
    math = convert_to_element(tex, display=display)
    for element in math.iter():
        if len(element) != CHILDREN.get(element.tag, len(element)):
            raise ValueError(f"The formula is incomplete: {element.tag}.")
        if element.tag == "mi" and _class_of(unescape(element.text or "")) != "ord":
            element.tag = "mo"
    return math


def _depth(tex):
    depth = deepest = 0
    for brace in re.findall(r"[{}]", tex):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    return deepest


def plain(tex):
    """Return a formula in Unicode: "O(n²)", "x_max"."""
    text, previous = rich(tex), None
    while text != previous:
        previous, text = text, RAISED.sub(_script, text)
    return text


@lru_cache(maxsize=2048)
def rich(tex):
    """Return a formula as text with ``<sub>`` and ``<sup>``; without its commands if it cannot be read."""
    try:
        return unicodedata.normalize("NFC", _joined(_atoms(tree(tex)))).strip()
    # latex2mathml raises errors of every kind, StopIteration and RecursionError among them.
    except Exception:  # noqa: BLE001
        return " ".join(re.sub(r"[\\{}$]", "", re.sub(r"\\[,;:! ]", " ", tex)).split())


def raised(name, text, letters=1):
    """Return a "sub" or "sup" in Unicode; None if a character is missing, or if it has more than some letters."""
    table = SCRIPTS[name]
    if all(sign in table for sign in text) and sum(map(str.isalpha, text)) <= letters:
        return "".join(map(table.get, text))
    return None


def _script(match):
    name, text = match.groups()
    found = raised(name, text, letters=2)
    if found is None:
        text = text if re.fullmatch(r"\w+|.", text) else f"({text})"
        found = f"{'_' if name == 'sub' else '^'}{text}"
    return found


def is_function(element):
    """Return whether an element of MathML is the name of a function such as "log", perhaps with an index."""
    while element.tag in ("msub", "msup", "msubsup", "munder"):
        element = element[0]
    text = unescape(element.text or "")
    return element.tag == "mi" and len(text) > 1 and text.isalpha()


def _joined(atoms):
    """Return the text of [(class, text)], with spaces."""
    kinds = [kind for kind, _ in atoms if kind != "space"]
    pieces, before = [], "open"
    for kind, text in atoms:
        if kind == "space":
            pieces.append(text)
            continue
        del kinds[0]
        is_sign = before not in ("ord", "close") or not kinds or kinds[0] in ("rel", "close", "punct")
        usual = "ord" if kind == "bin" and is_sign else kind  # "−1" and "a − 1"
        pieces.append(f" {text}" if (before, usual) in SPACED else text)
        before = usual
    return re.sub("  +", " ", "".join(pieces))


def _unspaced(elements):
    """Return the text of an index."""
    return "".join(text for element in elements for kind, text in _atoms(element) if kind != "space")


def _atoms(element):
    """Return [(class of TeX, text)] of an element of MathML."""
    text = unescape(element.text or "").replace("\u00a0", " ").replace("\u2006", " ")
    kind = "ord"
    match element.tag:
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _with_scripts(element)
        case "mo":
            kind, text = "op" if len(text) > 1 else _class_of(text), "|" if text == "∣" else text
        case "mi":
            is_word = is_function(element) or re.match(r"\\[a-zA-Z]", text)  # an unknown command is printed as its name
            kind, text = "op" if is_word else "ord", _usual_letter(text.removeprefix("\\"))
        case "mtext":
            text = text.replace("$", "")
        case "mspace":
            kind, text = "space", "" if element.get("width", "-").startswith("-") else " "
        case "mphantom":
            text = ""
        case "mfrac":
            sign = " choose " if element.get("linethickness") == "0" else "/"
            text = sign.join(_in_brackets(_joined(_atoms(child))) for child in element)
        case "msqrt":
            text = f"√{_in_brackets(_joined(_inner(element)))}"
        case "mroot":
            degree = _unspaced(element[1:])
            text = f"{ROOTS.get(degree) or f'<sup>{degree}</sup>√'}{_in_brackets(_joined(_atoms(element[0])))}"
        case "mtable":
            text = "; ".join(" ".join(_joined(_atoms(cell)) for cell in row) for row in element)
        case "mrow" if len(element) == 1 and element[0].tag == "mo":
            text = _unspaced(element)  # a decimal comma: 1{,}000
        case _ if len(element):
            return _inner(element)
    return [(kind, text)] if text else []


def _inner(element):
    return [atom for child in element for atom in _atoms(child)]


def _with_scripts(element):
    base, *scripts = element
    atoms = _atoms(base) or [("ord", "")]
    names = {"msubsup": ["sub", "sup"], "munderover": ["sub", "sup"], "msup": ["sup"], "mover": ["sup"]}
    kind, text = atoms[-1]
    for name, script in zip(names.get(element.tag, ["sub"]), scripts, strict=True):
        mark = _unspaced([script])
        if name == "sup" and mark in HIGH:
            text += HIGH[mark]
            continue
        if element.tag in ("mover", "munder") and mark in ACCENTS:
            accent = ACCENTS[mark]
            return [(one, _accented(letters, accent)) for one, letters in atoms] if accent in WIDE else [
                (atoms[0][0], _accented(atoms[0][1], accent)), *atoms[1:],
            ]  # fmt: skip
        text += f"<{name}>{mark}</{name}>" if mark else ""
    return [*atoms[:-1], (kind, text)]


def _accented(text, accent):
    """Return a text with an accent over its first letter, or over all letters if the accent is wide."""
    return re.sub(r"\w", rf"\g<0>{accent}", text, count=0 if accent in WIDE else 1)


def _usual_letter(text):
    """Return a letter without its weight or slant, which plain text has no other letters for: "𝖯" as "P"."""
    kind = unicodedata.name(text, "").split()[:2] if len(text) == 1 else ["", ""]
    is_styled = kind[0] == "MATHEMATICAL" and kind[1] not in ("SCRIPT", "FRAKTUR", "DOUBLE-STRUCK")
    return unicodedata.normalize("NFKC", text) if is_styled else text


def _in_brackets(text):
    return f"({text})" if re.search(r"[ /](?!su[bp]>)", text) else text


def _class_of(sign):
    """Return TeX's class of a character; "ord" for longer texts."""
    for kind, signs in CLASSES.items():
        if len(sign) == 1 and sign in signs:
            return kind
    is_relation = len(sign) == 1 and ("\u2208" <= sign <= "\u22ff" or "ARROW" in unicodedata.name(sign, ""))
    return "rel" if is_relation else "ord"
