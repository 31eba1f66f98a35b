"""The inventory service: `uvicorn sample_app.inventory.main:app`. It knows nothing of the shop but core and middleware.

It has the settings of the shop, of which it needs those of the database, the environment and the log.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

import sample_app.health.router
import sample_app.inventory.router
from sample_app.application import PROBES, SampleApp
from sample_app.core.data_folder import opened_data_folder
from sample_app.core.database import opened_database
from sample_app.core.engine import database_url
from sample_app.core.logs import configure_logging
from sample_app.core.metrics import Metrics
from sample_app.core.problems import install_error_handlers
from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings, load_settings
from sample_app.inventory.migrations import INVENTORY
from sample_app.middleware.access_log import AccessLogMiddleware
from sample_app.middleware.body_limit import BodyLimitAnswerMiddleware
from sample_app.middleware.methods import MethodsMiddleware
from sample_app.middleware.metrics import MetricsMiddleware
from sample_app.migrations.runner import is_at_head, upgrade

_DESCRIPTION = """How much there is of each product, and what is kept for orders.

For the shop alone: nobody is asked who they are, so keep the service away from the internet."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database, bring its tables up to date, and let the requests in."""
    settings: Settings = app.state.settings
    configure_logging(settings)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(opened_data_folder(settings))
        url = database_url(settings, folder, INVENTORY.database)
        await upgrade(url, settings, INVENTORY)
        database = await stack.enter_async_context(opened_database(url, settings))
        app.state.database = database
        stack.callback(setattr, app.state, "database", None)
        readiness: Readiness = app.state.readiness
        readiness.add("database", database.answers)
        readiness.add("migrations", lambda: is_at_head(database, INVENTORY))
        stack.callback(readiness.stop)
        yield


def create_app(settings: Settings | None = None) -> FastAPI:
    """A new service; its settings come from the environment unless they are given.

    Raises:
        SettingsError: a setting is wrong; the message names it.
    """
    app = SampleApp(
        title="Inventory",
        version="1.0.0",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_tags=[
            {"name": "stock", "description": "How much is left."},
            {"name": "reservations", "description": "What is kept for orders."},
            {"name": "health", "description": "Probes, and figures for the monitoring."},
        ],
    )
    app.state.settings = settings or load_settings()
    app.state.templates = {}
    app.state.readiness = Readiness()
    app.state.database = None
    app.state.metrics = Metrics(pool=lambda: database.pool() if (database := app.state.database) else None)
    install_error_handlers(app)

    # The last one added is the outermost.
    app.add_middleware(BodyLimitAnswerMiddleware)
    app.add_middleware(MethodsMiddleware)
    app.add_middleware(AccessLogMiddleware, leave_out=PROBES)
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)

    for module in (sample_app.inventory.router, sample_app.health.router):
        app.serve(module.router, max_body_size=app.state.settings.max_body_bytes)
    return app


app = create_app()
