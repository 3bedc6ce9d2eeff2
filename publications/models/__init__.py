from publications.models.authorship import Authorship
from publications.models.citations import FormattedCitations
from publications.models.incoming import Batch, Incoming, Origin
from publications.models.notice import Notice
from publications.models.publication import Publication, PublicationIndex, TaggedPublication
from publications.models.related import PostPublication, TalkPublication, Thesis
from publications.models.resource import FullText, Resource
from publications.models.saved_list import SavedList, SavedListRow
