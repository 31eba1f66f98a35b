"""The words of contractkit as frozen dataclasses: contract, change, finding, verdict. Standard library only."""
