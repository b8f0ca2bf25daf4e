"""Every address of the platform."""

from django.urls import include, path

from config import device, health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("style/", views.style, name="style"),
    path("search/", views.search, name="search"),
    path("keys/", views.keys, name="keys"),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
    path("health/residue/", health.residue, name="health-residue"),
    path("metrics", health.read_metrics, name="metrics"),
    path("console/status/", views.show_status, name="status"),
    path("language/", include("django.conf.urls.i18n")),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("sw.js", device.worker, name="service-worker"),
    path("install/", device.install, name="install"),
    path("install/murmuration.crt", device.authority, name="authority"),
    path("offline/", device.offline, name="offline"),
    path("accounts/login/", device.sign_in, name="account_login"),
    path("accounts/logout/", device.sign_out, name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("", include("firms.urls")),
    path("", include("matching.urls")),
    path("", include("alliances.urls")),
]
