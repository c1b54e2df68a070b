"""SHELL: the addresses of the figures: coverage of townships as GeoJSON, CSV and Parquet, and the records behind."""

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
from backend.reports.coverage import CODES, CoverageTable, geometries, township_coverage, window_for
from backend.reports.exports import as_csv, as_geojson, as_parquet
from backend.reports.negotiation import AnythingNegotiation
from backend.reports.record_words import language
from backend.reports.records import PAGE, figure_known, record_page, township_known

COLUMNS = ("code", "name", "county", "own", *CODES, "revision", "as_of", "missing")
PARTS = ("all", "day", "night")
PAGE_MAX = 500


class CoverageView(APIView):
    """What the coverage views share: the asked table, and an answer that says "unchanged" when it is."""

    policy = FIGURES
    content_negotiation_class = AnythingNegotiation

    def table(self, request: Request) -> CoverageTable:
        officer, now = signed_in_officer(request), timezone.now()
        query = request.query_params
        window = window_for(officer, query.get("window"), query.get("as_of"), now=now)
        return township_coverage(officer, window, one_of(request, "part", PARTS), now=now)


class TownshipsView(CoverageView):
    """Coverage of the townships one may see, as GeoJSON."""

    @extend_schema(parameters=schemas.COVERAGE_QUERY, responses={(200, "application/geo+json"): schemas.COVERAGE})
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        body = as_geojson(table.rows, asked_geometries(request, table), members_of(table))
        return answer(request, body, "application/geo+json")


class TownshipsCsvView(CoverageView):
    """Coverage of the townships as a spreadsheet file."""

    @extend_schema(parameters=schemas.COVERAGE_QUERY, responses={(200, "text/csv"): OpenApiResponse(str)})
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        return answer(request, as_csv(table.rows, COLUMNS, provenance(table)), "text/csv; charset=utf-8", table)


class TownshipsParquetView(CoverageView):
    """Coverage of the townships as GeoParquet."""

    @extend_schema(
        parameters=schemas.COVERAGE_QUERY,
        responses={(200, "application/vnd.apache.parquet"): OpenApiResponse(bytes)},
    )
    def get(self, request: Request) -> HttpResponseBase:
        table = self.table(request)
        body = as_parquet(table.rows, asked_geometries(request, table), provenance(table))
        return answer(request, body, "application/vnd.apache.parquet", table)


class RecordsView(APIView):
    """The records behind a figure of a township: exactly as many as the figure says, newest first."""

    policy = FIGURES

    @extend_schema(parameters=schemas.RECORDS_QUERY, responses={(200, "application/json"): schemas.RECORDS})
    def get(self, request: Request, code: str) -> Response:
        officer, query = signed_in_officer(request), request.query_params
        figure, area = figure_known(query.get("figure")), township_known(officer, code)
        window = window_for(officer, query.get("window"), query.get("as_of"), now=timezone.now())
        part, size = one_of(request, "part", PARTS), page_size(request)
        page = record_page(officer, area, figure, window, part, after=read_cursor(query.get("cursor")), size=size)
        rule = figure.rule_en if language() == "en" else figure.rule_zh
        following = next_address(request, page.next_key)
        return Response({"results": page.results, "next": following, "rule": rule, "withheld": page.withheld})


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


def asked_geometries(request: Request, table: CoverageTable) -> dict[int, str]:
    """Return the boundaries unless `geometry=none`."""
    if one_of(request, "geometry", ("full", "none")) == "none":
        return {}
    return geometries([row["id"] for row in table.rows])


def members_of(table: CoverageTable) -> dict[str, Any]:
    """Return the foreign members of the FeatureCollection."""
    window = table.window
    return {
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
        window = file_of.window
        response["Content-Disposition"] = f'attachment; filename="townships-{window.first}-{window.last}.{ending}"'
    plain: HttpRequest = request._request
    return get_conditional_response(plain, etag=etag, response=response) or response
