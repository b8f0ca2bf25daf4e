"""Addresses of the firms room."""

from django.urls import URLPattern, path

from firms import api

app_name = "firms"
urlpatterns: list[URLPattern] = [
    path("api/me/", api.me, name="me"),
]
