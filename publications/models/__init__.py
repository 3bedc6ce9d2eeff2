from publications.models.publication import Authorship, Publication, TaggedPublication
from publications.models.resource import Resource, ResourceBase

__all__ = ["Authorship", "Publication", "Resource", "ResourceBase", "TaggedPublication"]
