"""What tests of every part share: real NATS, a real API server, the platform, builders.

The pytest plugin (`plugin`) brings the fixtures `nats`, `cluster`, `kube` and `platform`; helpers
are imported from the module that has them: `builders`, `events`, `otlp`, `waiting`. Never in an
image.
"""
