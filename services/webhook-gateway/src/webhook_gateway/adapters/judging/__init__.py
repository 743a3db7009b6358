"""Triggers are evaluated in processes of their own, whose time and memory the kernel bounds.

Filters and templates are written by every project's admins, and bodies by whoever files an issue.
A language's own bounds do not hold against all of them; a limit on the process does, and a process
that crashes takes no delivery of another project with it.
"""
