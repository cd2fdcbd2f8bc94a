"""A chart as an SVG file of its own, with the colours of paper in it."""

from flask import render_template

from exchange.figures.pictures import drawn
from exchange.figures.section import Chart


def svg_of(chart: Chart) -> str:
    """The file; its words stand in it as title and description."""
    return render_template("figures/picture.svg", drawn=drawn([chart])[0])
