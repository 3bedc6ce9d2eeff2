from publications.views.lists import SavedListDetail, SavedListEmbed, SavedListExport
from publications.views.publications import (
    Linkset,
    PublicationCFF,
    PublicationDetail,
    PublicationExport,
    PublicationList,
    PublicationListExport,
    ResourceFile,
)
