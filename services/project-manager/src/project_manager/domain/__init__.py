"""The rules of projects: pure, without a clock, a broker, a web framework or Kubernetes."""
