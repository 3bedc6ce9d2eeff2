from django.contrib.admin import AdminSite


class SiteAdmin(AdminSite):
    pass
