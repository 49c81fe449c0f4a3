"""`/metrics` for Prometheus: how the system is, never who uses it or about what.

A view is named by its name in the code, so that no number of a case and no address comes into a label. Requests are
counted in each process and added up from files (`PROMETHEUS_MULTIPROC_DIR`, set by the launcher before any process
starts); everything else is asked when somebody asks, from small tables or up to a limit.
"""

import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from onedoor.cases.queries.running import MOST, running
from onedoor.cases.queries.work import heartbeats
from onedoor.config import last_runs
from onedoor.people import guard

log = logging.getLogger(__name__)

# A name that has failed in so many minutes is one of an attack that goes on, or of a bad morning.
LATELY = timedelta(minutes=15)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

SECONDS = Histogram(
    "onedoor_request_seconds",
    "Time in the server from the whole request to the answer.",
    ("view", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Counted:
    """Counts each request by view, method, status and time; nothing where nobody may ask for the counts."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        answer = self.get_response(request)
        method = request.method if request.method in _METHODS else "other"
        SECONDS.labels(_view(request), method, str(answer.status_code)).observe(time.perf_counter() - begun)
        return answer


def _view(request: HttpRequest) -> str:
    """A name that the code has given: one of some hundreds, whatever is asked for."""
    found = request.resolver_match
    if found is None:
        return "static" if request.path.startswith("/" + settings.STATIC_URL.strip("/") + "/") else "none"
    return found.view_name or "unnamed"


def metrics(request: HttpRequest) -> HttpResponse:
    """Not there without the token: whoever does not know it learns nothing, not even that it is switched on."""
    word, token = request.headers.get("Authorization", ""), settings.METRICS_TOKEN
    if not token or not secrets.compare_digest(word.encode(), f"Bearer {token}".encode()):
        raise Http404
    counted, state = CollectorRegistry(), CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted.register(SECONDS)
    state.register(State())
    answer = HttpResponse(generate_latest(counted) + generate_latest(state), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer


class State(Collector):
    """Everything that is not counted but looked at."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._database()
        yield from self._machine()
        yield from self._last_runs()

    def _database(self) -> Iterator[GaugeMetricFamily]:
        try:
            now, seen = running(), heartbeats()
            failing, locked = guard.failing(datetime.now(UTC), since=LATELY, most=MOST)
        except DatabaseError:
            log.exception("metrics: the database does not answer")
            yield _gauge("onedoor_database_up", "1 when the database answers.", 0)
            return
        yield _gauge("onedoor_database_up", "1 when the database answers.", 1)
        yield _gauge("onedoor_database_bytes", "Size of the database.", now.database_bytes)
        yield _gauge("onedoor_database_connections", "Connections to the server that are open.", now.connections)
        yield _gauge("onedoor_database_connections_most", "How many the server takes.", now.connections_most)
        jobs = GaugeMetricFamily(
            "onedoor_jobs", f"Jobs of the queue by state, counted up to {MOST}.", labels=["state"]
        )
        for state, count in now.jobs.items():
            jobs.add_metric([state], count)
        yield jobs
        yield _gauge(
            "onedoor_jobs_stuck", "Jobs whose worker is dead, or that should have begun long ago.", now.jobs_stuck
        )
        yield _gauge("onedoor_texts_waiting", f"Matters not yet searchable, counted up to {MOST}.", now.texts_waiting)
        yield _gauge("onedoor_clocks_running", "Limits that run, as the database estimates.", now.clocks_running)
        yield _gauge(
            "onedoor_clocks_late",
            f"Limits of ordinary matters that have passed, counted up to {MOST}.",
            now.clocks_late,
        )
        yield _gauge(
            "onedoor_sign_in_names_failing",
            f"Names that failed within {LATELY.seconds // 60} minutes and have not signed in since, up to {MOST}.",
            failing,
        )
        yield _gauge("onedoor_sign_in_names_locked", f"Names locked after failures, counted up to {MOST}.", locked)
        last = GaugeMetricFamily(
            "onedoor_last_sign_of_life_timestamp_seconds", "When the worker and the sweeper last ran.", labels=["part"]
        )
        for part, age in seen.items():
            last.add_metric([part], time.time() - age)
        yield last

    def _machine(self) -> Iterator[GaugeMetricFamily]:
        try:
            disk = shutil.disk_usage(settings.DATA)
        except OSError:
            log.exception("metrics: no answer about the disk")
        else:
            yield _gauge("onedoor_disk_free_bytes", "Free where the data directory lies.", disk.free)
            yield _gauge("onedoor_disk_size_bytes", "Size of the disk with the data directory.", disk.total)
        ends = certificate_end()
        if ends is not None:
            yield _gauge("onedoor_certificate_end_timestamp_seconds", "When the TLS certificate ends.", ends)

    def _last_runs(self) -> Iterator[GaugeMetricFamily]:
        for name in (last_runs.BACKUP, last_runs.VERIFY):
            found = last_runs.last(settings.DATA, name)
            if found is None:  # never: an alert asks for that with absent()
                continue
            at, well = found
            yield _gauge(f"onedoor_last_{name}_timestamp_seconds", f"When the last {name} ended.", at)
            yield _gauge(
                f"onedoor_last_{name}_ok",
                f"1 when the last {name} came to its end and found nothing wrong.",
                int(well),
            )


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def certificate_end() -> float | None:
    """When the first certificate of ONEDOOR_TLS_CERT ends; 0 (long ago) for a file that is none, None without one."""
    path = settings.TLS_CERT
    if path is None:
        return None
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
    except (OSError, ValueError):
        log.exception("metrics: the certificate cannot be read")
        return 0.0
