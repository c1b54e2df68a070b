"""SHELL: the addresses of the figures: coverage of every level in three formats, its days, the records behind."""

import base64
import binascii
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FIGURES, signed_in_officer
from backend.common.problems import FieldError, problem
from backend.reports import schemas
from backend.reports.coverage import CoverageTable, coverage_table, window_for
from backend.reports.exports import as_csv, as_geojson, as_parquet
from backend.reports.grounds import place_ground
from backend.reports.history import history
from backend.reports.levels import TOWNSHIPS, Level
from backend.reports.negotiation import AnythingNegotiation
from backend.reports.record_words import language
from backend.reports.records import PAGE, figure_known, record_page
from backend.reports.shapes import shapes_of

PARTS = ("all", "day", "night")
PAGE_MAX = 500
# About 20 MB of GeoJSON: more is a file for a program (CSV, Parquet), or one township at a time.
FEATURES_MAX = 20_000


class CoverageView(APIView):
    """What the coverage views share: the level, the asked table, an answer that says "unchanged" when it is."""

    policy = FIGURES
    content_negotiation_class = AnythingNegotiation
    level: Level = TOWNSHIPS

    def table(self, request: Request) -> CoverageTable:
        officer, now = signed_in_officer(request), timezone.now()
        query = request.query_params
        window = window_for(officer, query.get("window"), query.get("as_of"), now=now)
        part, within = one_of(request, "part", PARTS), query.get("township") or None
        return coverage_table(officer, self.level, window, part, now=now, within=within)


class PlacesView(CoverageView):
    """Coverage of the places of a level that one may see, as GeoJSON."""

    @extend_schema(parameters=schemas.COVERAGE_QUERY, responses={(200, "application/geo+json"): schemas.COVERAGE})
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        if len(table.rows) > FEATURES_MAX:
            why = f"{len(table.rows)} places are more than {FEATURES_MAX}: name a township, or take CSV or Parquet."
            raise problem("request_invalid", why=why, errors=[FieldError("township", "invalid", why)])
        body = as_geojson(table.rows, asked_shapes(request, table), members_of(table))
        return answer(request, body, "application/geo+json")


class PlacesCsvView(CoverageView):
    """Coverage of the places as a spreadsheet file."""

    @extend_schema(parameters=schemas.COVERAGE_QUERY, responses={(200, "text/csv"): OpenApiResponse(str)})
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        body = as_csv(table.rows, columns_of(table.level), provenance(table))
        return answer(request, body, "text/csv; charset=utf-8", table)


class PlacesParquetView(CoverageView):
    """Coverage of the places as GeoParquet."""

    @extend_schema(
        parameters=schemas.COVERAGE_QUERY,
        responses={(200, "application/vnd.apache.parquet"): OpenApiResponse(bytes)},
    )
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        body = as_parquet(table.rows, asked_shapes(request, table), provenance(table))
        return answer(request, body, "application/vnd.apache.parquet", table)


class RecordsView(CoverageView):
    """The records behind a figure of a place: exactly as many as the figure says, newest first."""

    @extend_schema(parameters=schemas.RECORDS_QUERY, responses={(200, "application/json"): schemas.RECORDS})
    def get(self, request: Request, code: str) -> Response:
        officer, query = signed_in_officer(request), request.query_params
        figure = figure_known(query.get("figure"), self.level)
        window = window_for(officer, query.get("window"), query.get("as_of"), now=timezone.now())
        ground, _ = place_ground(officer, self.level, code, window)
        part, size = one_of(request, "part", PARTS), page_size(request)
        page = record_page(officer, ground, figure, window, part, after=read_cursor(query.get("cursor")), size=size)
        rule = figure.rule_en if language() == "en" else figure.rule_zh
        following = next_address(request, page.next_key)
        return Response({"results": page.results, "next": following, "rule": rule, "withheld": page.withheld})


class HistoryView(CoverageView):
    """The figures of a place day by day."""

    @extend_schema(parameters=schemas.WINDOW_QUERY, responses={(200, "application/json"): schemas.HISTORY})
    def get(self, request: Request, code: str) -> Response:
        officer, query = signed_in_officer(request), request.query_params
        window = window_for(officer, query.get("window"), query.get("as_of"), now=timezone.now())
        part = one_of(request, "part", PARTS)
        days = history(officer, self.level, code, window, part)
        return Response({"code": code, "part": part, "as_of": window.as_of.isoformat(), "days": days})


def columns_of(level: Level) -> tuple[str, ...]:
    """Return the columns of a level's CSV."""
    above = ("county",) if level is TOWNSHIPS else ("township", "township_code")
    return ("code", "name", *above, "own", *level.codes, "revision", "as_of", "missing")


def one_of(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    """Return the query parameter, by default the first allowed value; raises `request_invalid`."""
    value: str = request.query_params.get(name) or allowed[0]
    if value not in allowed:
        why = f"{name} is one of {', '.join(allowed)}."
        raise problem("request_invalid", why=why, errors=[FieldError(name, "invalid", why)])
    return value


def page_size(request: Request) -> int:
    """Return the asked `limit` within 1..500; raises `request_invalid`."""
    text = request.query_params.get("limit") or str(PAGE)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= PAGE_MAX):
        why = f"limit is a number from 1 to {PAGE_MAX}."
        raise problem("request_invalid", why=why, errors=[FieldError("limit", "invalid", why)])
    return int(text)


def read_cursor(text: str | None) -> str | None:
    """Return the key inside a cursor of ours; raises `cursor_invalid`."""
    if not text:
        return None
    try:
        key = base64.b64decode(text.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise problem("cursor_invalid") from None
    if key.count("|") != 2:
        raise problem("cursor_invalid")
    return key


def next_address(request: Request, key: str | None) -> str | None:
    """Return the address of the next page, or None at the end."""
    if key is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(key.encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def asked_shapes(request: Request, table: CoverageTable) -> dict[int, str]:
    """Return the boundaries or lines unless `geometry=none`."""
    if one_of(request, "geometry", ("full", "none")) == "none":
        return {}
    return shapes_of(table.level, [row["key"] for row in table.rows])


def members_of(table: CoverageTable) -> dict[str, Any]:
    """Return the foreign members of the FeatureCollection."""
    window = table.window
    return {
        "level": table.level.name,
        "window": {"from": window.first.isoformat(), "to": window.last.isoformat(), "label": window.label},
        "part": table.part,
        "as_of": window.as_of.isoformat(),
        "totals": table.totals,
        "schematic_boundaries": table.place.schematic_boundaries,
        "attribution": table.place.attribution,
    }


def provenance(table: CoverageTable) -> dict[str, Any]:
    """Return the columns that tell an exported row's window, so that a file without its name still says it."""
    return {"from": table.window.first.isoformat(), "to": table.window.last.isoformat(), "part": table.part}


def answer(request: Request, body: bytes, media_type: str, file_of: CoverageTable | None = None) -> HttpResponseBase:
    """Return the body with its ETag, or 304 without one when the asker has it already."""
    response = HttpResponse(body, content_type=media_type)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "X-Session-Token"])
    if file_of is not None:
        ending = "csv" if "csv" in media_type else "parquet"
        name = f"{file_of.level.name}-{file_of.window.first}-{file_of.window.last}.{ending}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    plain: HttpRequest = request._request
    return get_conditional_response(plain, etag=etag, response=response) or response
