"""Who may see what: the Traffic Light Protocol, audience rings, and names under the Chatham House Rule.

Not access to pages by role; web.access has permissions.
"""
