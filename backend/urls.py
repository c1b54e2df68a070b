"""SHELL: the route table; every route of ours declares a policy (tests/architecture walks this table)."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from backend import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("backend.sync.urls")),
    path("api/v1/", include("backend.uploads.urls")),
    path("api/v1/", include("backend.recorders.urls")),
    path("api/v1/", include("backend.reports.urls")),
    path("api/v1/", include("backend.imports.urls")),
    path("api/v1/", include("visits.urls")),
    path("api/v1/", include("geo.packages.urls")),
    path("tiles/", include("geo.tile_urls")),
    path("tiles/", include("backend.reports.tile_urls")),
    path("api/v1/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
handler404 = "backend.errors_http.not_found_view"
handler500 = "backend.errors_http.server_error_view"
