"""Projects and what they hand over as things of the policy."""

from dataclasses import replace

from exchange.models import Deliverable, Project
from exchange.rules.access.things import Kind, Thing


def thing_of_project(project: Project) -> Thing:
    """The project; needs its partners and deliverables, whose owners know of it."""
    organisations = {one.id or 0 for one in project.partners} | {project.lead_organisation_id or 0}
    owed = [one for one in project.deliverables if not one.withdrawn_reason]
    return Thing(
        Kind.PROJECT,
        project.marking,
        lead_city=project.lead_city_id,
        cities=frozenset(one.owner_city_id for one in owed if one.owner_city_id),
        organisations=frozenset(organisations - {0}),
        named=frozenset(project.named_ids),
        authors=frozenset(one.owner_id for one in owed if one.owner_id),
    )


def thing_of_deliverable(deliverable: Deliverable) -> Thing:
    """What it hands over, as its owner may say that it is done; needs its project as above."""
    project = thing_of_project(deliverable.project)
    return replace(
        project,
        lead_city=deliverable.owner_city_id,
        cities=frozenset(),
        organisations=frozenset(),
        authors=frozenset({deliverable.owner_id} if deliverable.owner_id else ()),
        container=project,
    )
