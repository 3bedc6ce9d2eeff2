"""The affiliations that the page of a work prints below its names, numbered as on papers."""


class PrintedAffiliations:
    """The affiliations of some authorships: ``listed`` has each once, and ``numbers()`` says which are a name's.

    There are no numbers if all names have the same one affiliation.
    """

    def __init__(self, authorships):
        self._names = list(authorships)
        self._by_name = {authorship.pk: authorship.affiliations for authorship in authorships}
        printed = {}
        for some in self._by_name.values():
            for one in some:
                if one.text not in printed or (one.ror and not printed[one.text].ror):
                    printed[one.text] = one
        self.listed = list(printed.values())
        self.is_numbered = len(printed) > 1 or not all(self._by_name.values())
        self._numbers = {text: number for number, text in enumerate(printed, 1)}

    def of(self, authorship):
        """Return the affiliations of a name, [] if it is not one of these names."""
        return self._by_name.get(authorship.pk, [])

    def numbers(self, authorship):
        """Return the numbers after a name, sorted: [1, 3]."""
        found = {self._numbers[one.text] for one in self.of(authorship)}
        return sorted(found) if self.is_numbered else []

    def with_names(self):
        """Return [(affiliation, its names)], for a text without numbers; no names if all have the same one."""
        names = [[name for name in self._names if number in self.numbers(name)] for number in self._numbers.values()]
        return list(zip(self.listed, names, strict=True))

    def numbered(self):
        """Return [(number, affiliation)]; the numbers are "" if there are none."""
        return [(number if self.is_numbered else "", one) for number, one in enumerate(self.listed, 1)]
