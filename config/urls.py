"""Every address of the platform."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("style/", views.style, name="style"),
    path("health/live/", views.live, name="health-live"),
    path("health/ready/", views.ready, name="health-ready"),
    path("health/residue/", views.residue, name="health-residue"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("", include("firms.urls")),
    path("", include("matching.urls")),
    path("", include("alliances.urls")),
]
