# contractkit alone, for documents, URLs and stored contracts; an app needs an image that has its packages, too.
#
#   docker build -t contractkit .
#   docker run --rm -v "$PWD:/work:ro" contractkit diff old.json new.json
FROM python:3.13-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY contractkit ./contractkit
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /work
COPY .ci/constraints.txt /tmp/constraints.txt
RUN --mount=type=bind,from=build,source=/wheel,target=/wheel \
    python -m pip install --no-cache-dir --constraint /tmp/constraints.txt /wheel/*.whl
RUN useradd --uid 10001 --no-create-home contractkit
USER 10001
WORKDIR /work
ENTRYPOINT ["contractkit"]
CMD ["--help"]
