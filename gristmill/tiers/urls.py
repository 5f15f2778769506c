"""The addresses of the web. All but a few ask for a sign-in first (Django's LoginRequiredMiddleware)."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import path

from gristmill.tiers.views import accounts, requests

urlpatterns = [
    path("", requests.mine, name="requests"),
    path("sign-in/", auth.LoginView.as_view(template_name="tiers/sign_in.html"), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("first/<str:token>/", accounts.first, name="first"),
    path("admin/", admin.site.urls),
]
