from publications.admin.publication import PublicationAdmin

__all__ = ["PublicationAdmin"]
