"""The addresses of the web. All but a few ask for a sign-in first (Django's LoginRequiredMiddleware)."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from gristmill.tiers.views import accounts, files, requests, staff

urlpatterns = [
    path("", requests.mine, name="requests"),
    path("new/", requests.new, name="new"),
    path("new/<str:job>/", requests.new, name="new"),
    path("requests/<str:pk>/", requests.show, name="request"),
    path("requests/<str:pk>/cancel/", requests.cancel, name="cancel"),
    path("requests/<str:pk>/rows/", files.rows, name="rows"),
    path("requests/<str:pk>/report/", files.report, name="report"),
    path("documents/", files.mine, name="documents"),
    path("documents/<int:pk>/", files.show, name="document"),
    path("documents/<int:pk>/download/", files.download, name="download"),
    path("documents/<int:pk>/delete/", files.delete, name="delete"),
    path("link/<str:key>/", files.link, name="link"),
    path("everything/", staff.everything, name="everything"),
    path("sign-in/", auth.LoginView.as_view(template_name="tiers/sign_in.html"), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("first/<str:token>/", accounts.first, name="first"),
    path("admin/", admin.site.urls),
    path("api/", include("gristmill.tiers.api")),
]
