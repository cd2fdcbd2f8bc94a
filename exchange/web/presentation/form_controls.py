"""How a WTForms field is shown: which shape it has, and what its control tells a screen reader.

The markup stands in templates/macros/forms.html.
"""

from wtforms import Field

CHOICE_TAGS = {"ul", "ol"}  # the widget of radios and of checkboxes for many choices is a list


def shape_of(field: Field) -> str:
    """ "hidden", "check" (one checkbox), "choices" (radios or checkboxes) or "control" (one input)."""
    if getattr(field.widget, "input_type", "") == "hidden":
        return "hidden"
    if getattr(field.widget, "html_tag", "") in CHOICE_TAGS:
        return "choices"
    return "check" if getattr(field.widget, "input_type", "") == "checkbox" else "control"


def anchor_of(field: Field) -> str:
    """The id an error summary links to: the control, or the first of several."""
    return f"{field.id}-0" if shape_of(field) == "choices" else str(field.id)


def control_attributes(
    field: Field, has_help: bool, size: str | None, given: dict[str, object]
) -> dict[str, object]:
    """The attributes of a field's control: those ``given``, its width, its help and its error."""
    attributes = {name.replace("_", "-"): value for name, value in given.items()}
    described = [f"{field.id}-help"] if has_help else []
    if field.errors:
        described.append(f"{field.id}-error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if size:
        attributes["class"] = f"size-{size}"
    return attributes
