"""One page, and the addresses that the provider sends people back to."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html")),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
