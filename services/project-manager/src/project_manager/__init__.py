"""Provisions projects: namespaces, RBAC, quota, network, bots and credentials."""
