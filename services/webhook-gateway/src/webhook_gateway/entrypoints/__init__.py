"""What arrives: deliveries over HTTP, from the sources of `sources`."""
