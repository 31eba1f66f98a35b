"""sample_app: a small shop API, the app that contractkit is shown and tested on."""
