"""Recorded behaviour: what one version answered, held against what another one answers."""
