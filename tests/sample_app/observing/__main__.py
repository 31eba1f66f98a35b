"""Run one observation with the fault that this process was started with.

Arguments: the name of the observation, and a folder with the demo data, which is changed. Stdin: the access tokens, as
a JSON object. Stdout: the OpenAPI document and what was observed.
"""

import asyncio
import json
import sys
from pathlib import Path

from sample_app.core.settings import Settings
from sample_app.main import create_app
from tests.sample_app.observing import OBSERVATIONS
from tests.sample_app.observing.shop import Shop


async def main(name: str, folder: Path) -> None:
    app = create_app(Settings(data_dir=folder))
    async with app.router.lifespan_context(app):
        observed = await OBSERVATIONS[name].observe(Shop(app, json.load(sys.stdin)))
    print(json.dumps({"document": app.openapi(), "observed": observed}))


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
