"""What is said to an identity provider and believed of it: OpenID Connect, code flow with PKCE.

It knows no database and nobody of the network. All but sign_in_refusals.py needs the extra `sso`.
"""
