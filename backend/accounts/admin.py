"""SHELL: units, officers and devices in Django's admin, for the administrator."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from backend.accounts.models import Device, Officer, Unit

admin.site.site_header = admin.site.site_title = "巡访 管理"
admin.site.index_title = "基础数据"
# Django's own form has no limit on guessing: sign in through the app, whose door is allauth's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class OfficerCreation(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = Officer
        fields = ("username", "name", "badge_number", "unit", "roles")


class OfficerChange(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = Officer
        fields = "__all__"


@admin.register(Officer)
class OfficerAdmin(UserAdmin):  # type: ignore[type-arg]
    form = OfficerChange
    add_form = OfficerCreation
    list_display = ("username", "badge_number", "name", "unit", "roles", "is_active")
    list_filter = ("is_active", "unit__kind")
    list_select_related = ("unit",)
    search_fields = ("username", "badge_number", "name")
    ordering = ("username",)
    autocomplete_fields = ("unit",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("人员", {"fields": ("name", "badge_number", "unit", "roles")}),
        ("权限", {"fields": ("is_active", "is_staff", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "name",
                    "badge_number",
                    "unit",
                    "roles",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    list_select_related = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        # The code is part of every path below it; renaming a code would move a whole branch out of everybody's scope.
        return ("code", "parent") if obj else ()


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "officer", "unit", "app_version", "made_total", "last_contact_at", "revoked_at")
    list_select_related = ("officer", "unit")
    search_fields = ("id", "officer__username", "officer__name")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False
