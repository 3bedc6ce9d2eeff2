from publications.admin import lists, related
from publications.admin.publication import PublicationAdmin
