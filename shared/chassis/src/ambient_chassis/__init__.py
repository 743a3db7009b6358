"""How an Ambient service runs: bus, settings, telemetry, health, and who calls.

No word of the business stands here. A service's composition root builds a `Bus` and an `api`,
and hands both to `serve`.
"""
