"""The ports, by technology: the Kubernetes API, whose errors are translated where it is called."""
