"""The command `ambient`.

Arrives: what a person or a script types. Leaves: requests to the platform's REST APIs under that
person's token, and on a developer's machine the platform itself, up or down. Not done here: any
decision about who may do what; the platform says no, and the command says why.
"""
