from django.urls import path

from profiles import feeds, views

app_name = "profiles"
urlpatterns = [
    path("people/", views.PersonList.as_view(), name="people"),
    path("people/<str:slug>/", views.PersonDetail.as_view(), name="person"),
    path("activities/", views.ActivityList.as_view(), name="activities"),
    path("activities/feed/", feeds.ActivityFeed.as_view(), name="activities-feed"),
    path("activities.ics", feeds.ActivityCalendar.as_view(), name="calendar"),
]
