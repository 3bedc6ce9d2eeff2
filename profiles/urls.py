from django.urls import path

from profiles import calendars, feeds, views

app_name = "profiles"
urlpatterns = [
    path("people/", views.PersonList.as_view(), name="people"),
    path("people/<str:slug>/", views.PersonDetail.as_view(), name="person"),
    path("news/", views.PostList.as_view(), name="news"),
    path("news/feed/", feeds.PostFeed.as_view(), name="news-feed"),
    path("news/<str:slug>/", views.PostDetail.as_view(), name="post"),
    path("activities/", views.ActivityList.as_view(), name="activities"),
    path("activities/feed/", feeds.ActivityFeed.as_view(), name="activities-feed"),
    path("activities.ics", calendars.ActivityCalendar.as_view(), name="calendar"),
    path("talks/", views.TalkList.as_view(), name="talks"),
    path("talks/feed/", feeds.TalkFeed.as_view(), name="talks-feed"),
    path("talks.ics", calendars.TalksCalendar.as_view(), name="talks-calendar"),
    path("talks/<str:slug>.ics", calendars.TalkCalendar.as_view(), name="talk-calendar"),
    path("talks/<str:slug>/", views.TalkDetail.as_view(), name="talk"),
    path("talks/<str:slug>/<str:name>", views.TalkFile.as_view(), name="talk-file"),
    path("teaching/", views.CourseList.as_view(), name="teaching"),
    path("teaching/<str:slug>/", views.CourseDetail.as_view(), name="course"),
    path("teaching/<str:slug>/<str:name>", views.CourseFile.as_view(), name="course-file"),
]
