"""What holds for all tests."""

import signal

# Whoever starts the tests in the background of a script ignores Ctrl-C for them, and so would every program that they
# start; some are there to see what Ctrl-C does.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
