"""How Sphinx makes the documentation site: `make docs` builds it into build/docs."""

from __future__ import annotations

import sys
from pathlib import Path

import contractkit

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "contractkit"
release = version = contractkit.__version__
extensions = ["myst_parser", "reference"]
exclude_patterns = ["examples"]
highlight_language = "none"
myst_heading_anchors = 3

# The theme has its fonts from the reader's machine and its scripts beside the pages: the site opens from a folder.
html_theme = "furo"
html_title = f"contractkit {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
