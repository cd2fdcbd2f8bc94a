"""Figures as files: what a document holds, and the same as HTML, OpenDocument text, PDF and CSV.

They write what they are given; who may have it, views/ asks.
"""
