"""Well-known funders, with their identifiers in the Research Organization Registry (ror.org)."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from profiles.content.identifiers import validate_ror

ROR = "https://ror.org/"
CROSSREF = r"https://doi\.org/10\.13039/[0-9]{6,15}"  # the Crossref Funder Registry


def validate_funder_id(value):
    """Raise ValidationError unless ``value`` is the address of a funder at ror.org, or in Crossref's registry."""
    if value.startswith(ROR):
        validate_ror(value.removeprefix(ROR))
    elif not re.fullmatch(CROSSREF, value):
        message = "Enter the address at ror.org or doi.org, such as https://ror.org/00yjd3n13."
        raise ValidationError(message, code="invalid")


@dataclass(frozen=True)
class Funder:
    name: str
    ror: str
    others: tuple[str, ...] = ()  # abbreviations, and names in other languages

    @property
    def url(self):
        return f"{ROR}{self.ror}"


FUNDERS = [
    Funder("Agence nationale de la recherche", "00rbzpz17", ("ANR", "French National Research Agency")),
    Funder("Alexander von Humboldt Foundation", "012kf4317", ("AvH", "Alexander von Humboldt-Stiftung")),
    Funder("Alfred P. Sloan Foundation", "052csg198", ("Sloan Foundation",)),
    Funder("Arts and Humanities Research Council", "0505m1554", ("AHRC",)),
    Funder("Australian Research Council", "05mmh0f86", ("ARC",)),
    Funder("Austrian Science Fund", "013tf3c58", ("FWF", "Austrian Science Fund (FWF)")),
    Funder("Biotechnology and Biological Sciences Research Council", "00cwqg982", ("BBSRC",)),
    Funder("Bundesministerium für Bildung und Forschung", "04pz7b180", (
        "BMBF", "Federal Ministry of Education and Research",
    )),
    Funder("Canadian Institutes of Health Research", "01gavpb45", ("CIHR",)),
    Funder("Deutsche Forschungsgemeinschaft", "018mejw64", (
        "DFG", "German Research Foundation", "Deutsche Forschungsgemeinschaft (DFG)",
    )),
    Funder("Dutch Research Council", "04jsz6e67", (
        "NWO", "Nederlandse Organisatie voor Wetenschappelijk Onderzoek",
        "Netherlands Organisation for Scientific Research",
    )),
    Funder("Economic and Social Research Council", "03n0ht308", ("ESRC",)),
    Funder("Engineering and Physical Sciences Research Council", "0439y7842", ("EPSRC",)),
    Funder("European Commission", "00k4n6c32", ("EC",)),
    Funder("European Research Council", "0472cxd90", ("ERC",)),
    Funder("Fonds Wetenschappelijk Onderzoek", "03qtxy027", ("FWO", "Research Foundation - Flanders")),
    Funder("Fonds de la Recherche Scientifique", "03q83t159", ("FNRS", "F.R.S.-FNRS")),
    Funder("Fundação para a Ciência e a Tecnologia", "00snfqn58", ("FCT",)),
    Funder("Gates Foundation", "0456r8d26", ("Bill and Melinda Gates Foundation", "Bill & Melinda Gates Foundation")),
    Funder("Gordon and Betty Moore Foundation", "006wxqw41", ("Moore Foundation",)),
    Funder("Howard Hughes Medical Institute", "006w34k90", ("HHMI",)),
    Funder("Innovate UK", "05ar5fy68"),
    Funder("Israel Science Foundation", "04sazxf24", ("ISF",)),
    Funder("James S. McDonnell Foundation", "03dy4aq19", ("JSMF",)),
    Funder("Japan Science and Technology Agency", "00097mb19", ("JST",)),
    Funder("Japan Society for the Promotion of Science", "00hhkn466", ("JSPS", "JSPS KAKENHI", "KAKENHI")),
    Funder("Leverhulme Trust", "012mzw131", ("The Leverhulme Trust",)),
    Funder("Medical Research Council", "03x94j517", ("MRC",)),
    Funder("National Aeronautics and Space Administration", "027ka1x80", ("NASA",)),
    Funder("National Health and Medical Research Council", "011kf5r70", ("NHMRC",)),
    Funder("National Institutes of Health", "01cwqze88", ("NIH",)),
    Funder("National Natural Science Foundation of China", "01h0zpd94", ("NSFC", "NNSFC")),
    Funder("National Research Foundation of Korea", "013aysd81", ("NRF",)),
    Funder("National Science Foundation", "021nxhr62", ("NSF", "U.S. National Science Foundation")),
    Funder("Natural Environment Research Council", "02b5d8509", ("NERC",)),
    Funder("Natural Sciences and Engineering Research Council of Canada", "01h531d29", (
        "NSERC", "Natural Sciences and Engineering Research Council",
    )),
    Funder("Novo Nordisk Foundation", "04txyc737", ("Novo Nordisk Fonden",)),
    Funder("Research Council of Finland", "05k73zm37", ("Academy of Finland",)),
    Funder("Research Council of Norway", "00epmv149", ("Norges Forskningsråd",)),
    Funder("Royal Society", "03wnrjx87", ("The Royal Society",)),
    Funder("Science and Technology Facilities Council", "057g20z61", ("STFC",)),
    Funder("Simons Foundation", "01cmst727"),
    Funder("Social Sciences and Humanities Research Council", "04j5jqy92", (
        "SSHRC", "Social Sciences and Humanities Research Council of Canada",
    )),
    Funder("Swedish Research Council", "03zttf063", ("VR", "Vetenskapsrådet")),
    Funder("Swiss National Science Foundation", "00yjd3n13", (
        "SNSF", "SNF", "Schweizerischer Nationalfonds",
        "Schweizerischer Nationalfonds zur Förderung der Wissenschaftlichen Forschung",
    )),
    Funder("UK Research and Innovation", "001aqnf71", ("UKRI",)),
    Funder("United States Department of Energy", "01bj3aw27", ("DOE", "U.S. Department of Energy")),
    Funder("Volkswagen Foundation", "03bsmfz84", ("VolkswagenStiftung",)),
    Funder("Wellcome Trust", "029chgv08", ("Wellcome",)),
]  # fmt: skip


# The numbers of these funders in the Crossref Funder Registry, with their ROR.
CROSSREF_NUMBERS = {
    "100000001": "021nxhr62", "100000002": "01cwqze88", "100000015": "01bj3aw27", "100000104": "027ka1x80",
    "100000893": "01cmst727", "100000913": "03dy4aq19", "100004440": "029chgv08", "100010269": "029chgv08",
    "100014013": "001aqnf71", "501100000024": "01gavpb45", "501100000038": "01h531d29", "501100000265": "03x94j517",
    "501100000266": "0439y7842", "501100000267": "0505m1554", "501100000268": "00cwqg982",
    "501100000269": "03n0ht308", "501100000270": "02b5d8509", "501100000271": "057g20z61",
    "501100000288": "03wnrjx87", "501100000780": "00k4n6c32", "501100000781": "0472cxd90",
    "501100000923": "05mmh0f86", "501100000925": "011kf5r70", "501100001659": "018mejw64",
    "501100001665": "00rbzpz17", "501100001691": "00hhkn466", "501100001711": "00yjd3n13",
    "501100001809": "01h0zpd94", "501100001871": "00snfqn58", "501100002341": "05k73zm37",
    "501100002428": "013tf3c58", "501100003246": "04jsz6e67", "501100003725": "013aysd81",
    "501100004359": "03zttf063", "501100006041": "05ar5fy68", "501100009708": "04txyc737",
}  # fmt: skip


def normalised(name):
    """Return a name without its case, article and punctuation."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip().removeprefix("the ")


BY_NAME = {normalised(name): funder for funder in FUNDERS for name in (funder.name, *funder.others)}


BY_URL = {funder.url: funder for funder in FUNDERS}
BY_URL |= {f"https://doi.org/10.13039/{number}": BY_URL[f"{ROR}{ror}"] for number, ror in CROSSREF_NUMBERS.items()}


def funder_named(name):
    """Return the Funder with this name or abbreviation, or None."""
    return BY_NAME.get(normalised(name))


def known_funder(name, address):
    """Return the Funder with this address at ror.org or in Crossref's registry, or with this name, or None."""
    return BY_URL.get(address) or funder_named(name)
