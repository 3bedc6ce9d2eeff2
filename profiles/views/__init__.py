from profiles.views.activities import ActivityList
from profiles.views.base import ResourceFileView, VisibleDetailView, VisibleListView, redirect_to
from profiles.views.pages import PageDetail, PageFile
from profiles.views.people import PersonDetail, PersonList
from profiles.views.posts import PostDetail, PostList
from profiles.views.talks import TalkDetail, TalkFile, TalkList
from profiles.views.teaching import CourseDetail, CourseFile, CourseList
