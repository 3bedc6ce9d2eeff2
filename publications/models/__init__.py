from publications.models.authorship import Authorship
from publications.models.citations import FormattedCitations
from publications.models.incoming import Batch, Incoming, Origin
from publications.models.publication import Publication, PublicationIndex, TaggedPublication
from publications.models.resource import FullText, Resource, ResourceBase
