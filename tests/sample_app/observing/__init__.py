"""What a client observes of each fault: the same few requests to the app without it and with it.

`python -m tests.sample_app.observing` runs them in a process of their own, which has the fault from its start; see
`__main__.py`.
"""

from collections.abc import Mapping

from tests.sample_app.observing.access import ACCESS
from tests.sample_app.observing.answers import ANSWERS
from tests.sample_app.observing.contract import CONTRACT
from tests.sample_app.observing.shop import Observation
from tests.sample_app.observing.state import STATE

OBSERVATIONS: Mapping[str, Observation] = {
    observation.fault: observation for table in (CONTRACT, ANSWERS, ACCESS, STATE) for observation in table
}
