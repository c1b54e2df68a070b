"""SHELL: reference data in Django's admin. Boundaries are not drawn here: the stock map widget asks another origin."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from geo.models import Area, Beat, Deployment, Premises, Street


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django cannot subscript it at run time
    """To look at only: a change made here would not reach the feed, nor the phones."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    list_display = ("name", "city", "zone", "metric_epsg", "area_list", "area_edition", "schematic_boundaries")


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django cannot subscript it at run time
    list_display = ("code", "name", "level", "list", "edition", "valid_from", "valid_until")
    list_filter = ("level", "list", "edition")
    search_fields = ("code", "name")
    fields = ("code", "name", "level", "list", "edition", "valid_from", "valid_until", "population", "household_count")
    readonly_fields = ("code", "level", "list", "edition")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Beat)
class BeatAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django cannot subscript it at run time
    list_display = ("name", "unit", "area")
    list_select_related = ("unit", "area")
    search_fields = ("name", "unit__name")
    exclude = ("boundary", "officers")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Street)
class StreetAdmin(ReadOnlyAdmin):
    list_display = ("ref", "name", "street_class", "edition")
    list_filter = ("edition",)
    search_fields = ("ref", "name")
    exclude = ("line",)


@admin.register(Premises)
class PremisesAdmin(ReadOnlyAdmin):
    list_display = ("address", "name", "kind", "unit", "area", "state")
    list_select_related = ("unit", "area")
    list_filter = ("kind", "state")
    search_fields = ("address", "name", "external_ref")
    # When and how a door was visited is the content of cases.
    exclude = ("point", "last_visited_at", "last_outcome", "next_due_on")
