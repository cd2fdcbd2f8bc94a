"""Between the web server and the application: each request is read whole, in time, before it takes a thread.

It knows no page, no form and no right; the application behind it has those.
"""
