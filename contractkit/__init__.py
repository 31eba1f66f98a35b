"""contractkit: API contract and regression testing for FastAPI. A break comes with proof."""

__version__ = "0.1.0"
