from publications.models.citations import FormattedCitations
from publications.models.incoming import Batch, Incoming, Origin
from publications.models.publication import Authorship, Publication, TaggedPublication
from publications.models.resource import Resource, ResourceBase

__all__ = [
    "Authorship", "Batch", "FormattedCitations", "Incoming", "Origin", "Publication", "Resource", "ResourceBase",
    "TaggedPublication",
]  # fmt: skip
