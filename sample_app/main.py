"""The app: `sample_app.main:app`, and `create_app` for a new one.

Importing this module and asking for the document has no side effect: nothing is opened before the lifespan starts.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI

import sample_app.account.router
import sample_app.addresses.router
import sample_app.api_keys.router
import sample_app.auth.router
import sample_app.availability.router
import sample_app.files.router
import sample_app.health.router
import sample_app.insights.router
import sample_app.notifications.router
import sample_app.notifications.socket_router
import sample_app.orders.router
import sample_app.preferences.router
import sample_app.products.router
import sample_app.quotes.router
import sample_app.reports.router
import sample_app.rooms.router
import sample_app.shipping.router
import sample_app.tickets.router
import sample_app.users.router
import sample_app.v1.router
from sample_app.application import PROBES, SampleApp
from sample_app.core.calculations import Calculations
from sample_app.core.docs import install_docs
from sample_app.core.docs import router as docs_router
from sample_app.core.errors import OverloadedError
from sample_app.core.loop_lag import LoopLag
from sample_app.core.metrics import Metrics
from sample_app.core.problems import install_error_handlers, problem_responses
from sample_app.core.queue import Queue
from sample_app.core.rate_limits import RateLimitedError
from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings, Traces, load_settings
from sample_app.lifespan import lifespan
from sample_app.middleware.access_log import AccessLogMiddleware
from sample_app.middleware.body_limit import BodyLimitAnswerMiddleware
from sample_app.middleware.concurrency import ConcurrencyLimitMiddleware
from sample_app.middleware.methods import MethodsMiddleware
from sample_app.middleware.metrics import MetricsMiddleware
from sample_app.middleware.process_time import add_process_time
from sample_app.middleware.rate_limits import RateLimitMiddleware
from sample_app.middleware.watching import WatchingMiddleware
from sample_app.v1.deprecation import DeprecationMiddleware

if TYPE_CHECKING:
    from sample_app.core.traces import Tracing

_DESCRIPTION = """A small shop: tenants, users, a catalogue, and orders that are confirmed in the background.

Sign in at `/auth/token`; every failure is a problem document (RFC 9457)."""

_V2 = (
    sample_app.addresses.router,
    sample_app.users.router,
    sample_app.products.router,
    sample_app.orders.router,
    sample_app.files.router,
    sample_app.notifications.router,
    sample_app.notifications.socket_router,
    sample_app.rooms.router,
    sample_app.preferences.router,
    sample_app.quotes.router,
    sample_app.tickets.router,
    sample_app.insights.router,
    sample_app.reports.router,
    sample_app.api_keys.router,
)
"""The modules whose routes are below `/v2`."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """A new app; its settings come from the environment unless they are given.

    Raises:
        SettingsError: a setting is wrong; the message names it.
        sample_app.faults.UnknownFaultError: SAMPLE_APP_FAULT is set to an unknown name.
    """
    app = SampleApp(
        title="Sample shop",
        version="2.0.0",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_tags=[
            {"name": "auth", "description": "Signing in and out."},
            {"name": "users", "description": "Accounts."},
            {"name": "products", "description": "The catalogue."},
            {"name": "orders", "description": "Orders, decided in the background."},
            {"name": "reports", "description": "Figures over the whole tenant; an API key will do."},
            {"name": "api keys", "description": "Keys for programs that read reports."},
            {"name": "files", "description": "Files, each for its owner."},
            {"name": "account", "description": "A page for browsers, with a cookie."},
            {"name": "insights", "description": "Figures about what the caller may see."},
            {"name": "notifications", "description": "What happened, for each user."},
            {"name": "tickets", "description": "What customers ask the shop."},
            {"name": "preferences", "description": "What a browser prefers, in its cookies."},
            {"name": "shipping", "description": "What delivery costs."},
            {"name": "health", "description": "Probes, and figures for the monitoring."},
            {"name": "v1", "description": "The old version, until its sunset."},
        ],
    )
    app.state.settings = settings or load_settings()
    app.state.templates = {}
    app.state.readiness = Readiness()
    app.state.broker = None
    app.state.database = None
    app.state.metrics = Metrics(pool=lambda: database.pool() if (database := app.state.database) else None)
    app.state.calculations = None
    app.state.inventory = None
    app.state.order_decider = None
    app.state.order_queue = None
    app.state.loop_lag = LoopLag()
    _add_gauges(app)
    app.state.object_store = None
    app.state.rate_limiter = None
    install_error_handlers(app)

    # The last one added is the outermost.
    app.add_middleware(BodyLimitAnswerMiddleware)
    app.add_middleware(MethodsMiddleware)
    app.add_middleware(RateLimitMiddleware, leave_out=PROBES)
    app.add_middleware(
        ConcurrencyLimitMiddleware,
        limit=app.state.settings.max_requests_under_way,
        metrics=app.state.metrics,
        leave_out=PROBES,
    )
    app.add_middleware(DeprecationMiddleware)
    app.middleware("http")(add_process_time)
    app.add_middleware(AccessLogMiddleware, leave_out=PROBES)
    settings_of_app: Settings = app.state.settings
    app.state.tracing = _tracing(settings_of_app)
    app.add_middleware(
        WatchingMiddleware,
        slow_seconds=settings_of_app.slow_request_seconds,
        tracer=app.state.tracing.tracer if app.state.tracing else None,
        profile_dir=settings_of_app.profile_dir,
        leave_out=PROBES,
    )
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)

    limited = problem_responses(RateLimitedError, OverloadedError)
    largest = settings_of_app.max_body_bytes
    app.serve(sample_app.auth.router.router, responses=limited, max_body_size=largest)
    for module in _V2:
        app.serve(module.router, prefix="/v2", responses=limited, max_body_size=largest)
    app.serve(sample_app.availability.router.router, responses=limited, max_body_size=largest)
    app.serve(sample_app.shipping.router.router, responses=limited, max_body_size=largest)
    app.serve(sample_app.v1.router.router, max_body_size=largest)
    app.serve(sample_app.account.router.router, responses=limited, max_body_size=largest)
    app.serve(sample_app.health.router.router, max_body_size=largest)
    app.serve(docs_router)
    install_docs(app)
    return app


def _tracing(settings: Settings) -> "Tracing | None":
    """What makes spans, where that is switched on; else OpenTelemetry is not even imported."""
    if settings.traces is Traces.NONE:
        return None
    from sample_app.core.traces import Tracing

    return Tracing(settings)


def _add_gauges(app: FastAPI) -> None:
    """What `/metrics` shows of the parts that the lifespan opens."""
    metrics: Metrics = app.state.metrics
    metrics.add_gauge(
        "event_loop_lag_seconds", "The worst delay of the event loop in 15 seconds.", app.state.loop_lag.worst
    )

    def calculations(figure: Callable[[Calculations], int]) -> Callable[[], int | None]:
        return lambda: figure(app.state.calculations) if app.state.calculations else None

    async def orders_in_queue() -> int | None:
        queue: Queue | None = app.state.order_queue
        return None if queue is None else await queue.length()

    metrics.add_awaited_gauge(
        "order_queue_length",
        "Orders in the queue that all processes share, those that are being decided included.",
        orders_in_queue,
    )
    metrics.add_gauge(
        "calculations_running", "Long calculations that are worked on.", calculations(lambda all_of: all_of.running)
    )
    metrics.add_gauge(
        "calculations_waiting", "Long calculations that wait.", calculations(lambda all_of: all_of.waiting)
    )


app = create_app()
