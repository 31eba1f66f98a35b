"""The pages for people (`/docs`, `/redoc`, `/asyncapi`): all that they load comes from the app, never from a CDN."""

from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from contractkit.websocket import serve_docs

_FILES = "/static-docs"
_REDIRECT = "/docs/oauth2-redirect"

# The pages are made of inline scripts and styles. Beyond that nothing is loaded but from the app itself, whatever the
# packaged scripts would like to fetch (ReDoc: a logo).
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def install_docs(app: FastAPI) -> None:
    """Serve what the pages of `router` load, which stand in the place of FastAPI's own; those load from a CDN."""
    app.mount(_FILES, StaticFiles(directory=str(files("fastapi_offline") / "static")), name="static-docs")
    serve_docs(app)


@router.get("/docs")
async def read_docs(request: Request) -> HTMLResponse:
    """Try the API in the browser (Swagger UI)."""
    root = request.scope.get("root_path", "")
    return _page(
        get_swagger_ui_html(
            openapi_url=f"{root}{request.app.openapi_url}",
            title=f"{request.app.title}: try it",
            oauth2_redirect_url=f"{root}{_REDIRECT}",
            swagger_js_url=f"{root}{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{_FILES}/swagger-ui.css",
            swagger_favicon_url=f"{root}{_FILES}/favicon.png",
            # Else the page would show the document's URL to a validator on another host.
            swagger_ui_parameters={"validatorUrl": "none"},
        )
    )


@router.get(_REDIRECT)
async def read_oauth2_redirect() -> HTMLResponse:
    """Where an authorization server would send the browser back to."""
    return _page(get_swagger_ui_oauth2_redirect_html())


@router.get("/redoc")
async def read_redoc(request: Request) -> HTMLResponse:
    """Read the API's reference (ReDoc)."""
    root = request.scope.get("root_path", "")
    return _page(
        get_redoc_html(
            openapi_url=f"{root}{request.app.openapi_url}",
            title=f"{request.app.title}: reference",
            redoc_js_url=f"{root}{_FILES}/redoc.standalone.js",
            redoc_favicon_url=f"{root}{_FILES}/favicon.png",
            with_google_fonts=False,
        )
    )


def _page(page: HTMLResponse) -> HTMLResponse:
    page.headers["Content-Security-Policy"] = _POLICY
    return page
