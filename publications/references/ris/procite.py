"""The tags of ProCite, which writes what it has no tag for to notes with a label, and uses some tags in its own way."""

import re

LABEL = re.compile(r"([A-Za-z, ()]{1,60}?)\s*:\s*(.*)", re.DOTALL)
RECORD = re.compile(r"Record (?:ID|Number): ")
LABELS = {
    "Record ID": "ID", "Record Number": "ID", "Notes": "N1", "Call Number": "CN", "Edition": "ET", "ISBN": "SN",
    "Language": "LA", "Publisher Name": "PB", "Place of Publication": "CY", "Page(s)": "SP", "Volume ID": "VL",
    "Issue ID": "IS", "Issue Identification": "IS", "Series Title": "T3", "Proceedings Title": "C3", "Scale": "C1",
    "Histroy": "OP", "History": "OP",
}  # fmt: skip
OTHER_LABELS = {"BOOK": {"Series Volume ID": "M1"}, "CHAP": {"Series Volume ID": "SV"}, "ART": {"Size": "C3"}}
OTHER_TAGS = {
    "ART": {"M1": "M3"}, "BILL": {"CY": "T2", "SP": "SE", "VL": "M1"}, "BOOK": {"IS": "VL", "VL": "ET"},
    "CHAP": {"VL": "ET"}, "COMP": {"IS": "ET"},
}  # fmt: skip


def converted(pairs):
    """Return the tags and values of a record with RIS's tags, if ProCite wrote it."""
    if not any(tag == "N1" and RECORD.match(value) for tag, value in pairs):
        return pairs
    type_, found = pairs[0][1], []
    labels = LABELS | OTHER_LABELS.get(type_, {})
    known = {tag for tag, _ in pairs}
    for tag, value in pairs:
        label = LABEL.fullmatch(value) if tag == "N1" else None
        if label and label[1] in ("Author, Monographic", "Author, Subsidiary"):
            role = "A3" if "A2" in known else "A2" if "A1" in known else "A1"
            found += [(role, name) for name in label[2].split(";")]
            known.add(role)
        elif label and label[1] in labels:
            found.append((labels[label[1]], label[2]))
        else:
            found.append((OTHER_TAGS.get(type_, {}).get(tag, tag), value))
    return found
