"""`python -m contractkit` is the program `contractkit`."""

from contractkit.cli.main import main

main()
