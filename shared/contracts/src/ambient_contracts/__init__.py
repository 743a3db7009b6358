"""What Ambient's parts agree on: events, subjects, streams and custom resources.

Services meet here and nowhere else. This package depends on pydantic alone: it knows no broker,
no web framework and no Kubernetes client.
"""
