"""Which works everybody can read."""


def is_open(publication):
    """Return whether everybody can read a work: here, on arXiv, or by its licence. Of prefetched resources."""
    return bool(publication.is_open_access or publication.arxiv_id or publication.license)
