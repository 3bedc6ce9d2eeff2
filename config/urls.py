from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap as sitemap_section
from django.urls import include, path
from django.views.generic import RedirectView

from config.cv import views as cv
from config.cv.formats import FORMATS
from config.pages import accessibility, errors, feeds, files, home, representations, search, tags
from config.pages.previews import Preview
from config.pages.sitemaps import SITEMAPS, sitemap
from profiles.feeds import SubjectFeed

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("search/", search.Search.as_view(), name="search"),
    path("tags/", tags.TagList.as_view(), name="tags"),
    path("tags/<str:slug>/", tags.TagDetail.as_view(), name="tag"),
    path("feed/", feeds.SiteFeed.as_view(), name="feed"),
    path("tags/<str:slug>/feed/", SubjectFeed.as_view(feed=feeds.TagFeed), name="tag-feed"),
    path("people/<str:slug>/feed/", SubjectFeed.as_view(feed=feeds.PersonFeed), name="person-feed"),
    path("cv/", cv.Curriculum.as_view(), name="cv"),
    path("cv/<str:slug>/", cv.SavedCV.as_view(), name="saved-cv"),
    *(
        path(f"cv{saved}.{ending}", view.as_view(ending=ending), name=f"{name}-{ending}")
        for saved, view, name in (("", cv.CurriculumFile, "cv"), ("/<str:slug>", cv.SavedCVFile, "saved-cv"))
        for ending in FORMATS
        if ending != "md"  # config/pages/representations.py has it
    ),
    path("card/<path:page>.png", files.CardImage.as_view(), name="card"),
    path("icon/<int:size>.png", files.IconImage.as_view(), name="icon"),
    path("site.webmanifest", files.Manifest.as_view(), name="manifest"),
    path("favicon.ico", RedirectView.as_view(pattern_name="icon", query_string=True), {"size": 48}, name="favicon"),
    path("accessibility/", accessibility.Accessibility.as_view(), name="accessibility"),
    path("healthz", errors.health, name="health"),
    path("healthz/live", errors.alive, name="alive"),
    path("preview/<str:token>/", Preview.as_view(), name="preview"),
    path("preview/<str:token>/<str:name>", Preview.as_view(), name="preview-file"),
    path("llms.txt", files.LLMs.as_view(), name="llms"),
    path("opensearch.xml", files.OpenSearch.as_view(), name="opensearch"),
    path("robots.txt", files.Robots.as_view(), name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<section>.xml", sitemap_section, {"sitemaps": SITEMAPS}, name="sitemap-section"),
    path("media/<path:path>", files.Media.as_view(), name="media"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    *representations.urlpatterns,
    path("", include("profiles.urls")),
    path("", include("publications.urls")),
    path("", include("projects.urls")),
    path("", include("config.pages.own")),  # the last: a built-in address wins
]

handler400 = "config.pages.errors.bad_request"
handler404 = "config.pages.errors.page_not_found"
handler500 = "config.pages.errors.server_error"
