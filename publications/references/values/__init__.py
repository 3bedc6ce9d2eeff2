"""How the values of a record are written: names, dates, pages, identifiers, markup and maths."""
