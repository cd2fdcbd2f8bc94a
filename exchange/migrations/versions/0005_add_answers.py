"""Prompts, contributions with their files, products with their reviews, and personal links."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("review_opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("published_number", sa.Integer(), nullable=True),
        sa.Column("published_marking", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "published_marking IN ('', 'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')",
            name=op.f("ck_product_published_marking"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_product_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_product_cycle_id")),
    )
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('cities', 'groups')", name=op.f("ck_prompt_kind")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_prompt_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("cycle_id", "kind", name=op.f("uq_prompt_cycle_id_kind")),
    )
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "product_reviewer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("agreed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("silence_noted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_product_reviewer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_reviewer_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_reviewer")),
        sa.UniqueConstraint("product_id", "person_id", name=op.f("uq_product_reviewer_product_id_person_id")),
    )
    with op.batch_alter_table("product_reviewer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_reviewer_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_reviewer_product_id"), ["product_id"], unique=False)

    op.create_table(
        "product_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("marking", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "marking IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')",
            name=op.f("ck_product_version_marking"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_product_version_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_version_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_version")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_product_version_product_id_number")),
    )
    with op.batch_alter_table("product_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_version_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_version_product_id"), ["product_id"], unique=False)

    op.create_table(
        "prompt_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(city_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_prompt_party_city_or_group")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_prompt_party_city_id_city")),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_prompt_party_done_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["expert_group.id"], name=op.f("fk_prompt_party_group_id_expert_group")
        ),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_prompt_party_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_party")),
        sa.UniqueConstraint("prompt_id", "city_id", name=op.f("uq_prompt_party_prompt_id_city_id")),
        sa.UniqueConstraint("prompt_id", "group_id", name=op.f("uq_prompt_party_prompt_id_group_id")),
    )
    with op.batch_alter_table("prompt_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_party_city_id"), ["city_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prompt_party_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prompt_party_prompt_id"), ["prompt_id"], unique=False)

    op.create_table(
        "prompt_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_prompt_question_prompt_id_prompt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_question")),
    )
    with op.batch_alter_table("prompt_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_question_prompt_id"), ["prompt_id"], unique=False)

    op.create_table(
        "prompt_addressee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["person.id"], name=op.f("fk_prompt_addressee_holder_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["prompt_party.id"], name=op.f("fk_prompt_addressee_party_id_prompt_party")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_prompt_addressee_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_addressee")),
        sa.UniqueConstraint("party_id", "person_id", name=op.f("uq_prompt_addressee_party_id_person_id")),
    )
    with op.batch_alter_table("prompt_addressee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_addressee_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prompt_addressee_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prompt_addressee_person_id"), ["person_id"], unique=False)

    op.create_table(
        "review_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("word", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('', 'resolved', 'rejected')", name=op.f("ck_review_comment_outcome")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_review_comment_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["product_reviewer.id"],
            name=op.f("fk_review_comment_reviewer_id_product_reviewer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_comment_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("marking", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("practice_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "marking IN ('', 'TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')",
            name=op.f("ck_contribution_marking"),
        ),
        sa.ForeignKeyConstraint(
            ["addressee_id"],
            ["prompt_addressee.id"],
            name=op.f("fk_contribution_addressee_id_prompt_addressee"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_contribution_author_id_person")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["prompt_party.id"], name=op.f("fk_contribution_party_id_prompt_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("party_id", "addressee_id", name=op.f("uq_contribution_party_id_addressee_id")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_party_id"), ["party_id"], unique=False)
        batch_op.create_index(
            "uq_contribution_city",
            ["party_id"],
            unique=True,
            sqlite_where=sa.text("addressee_id IS NULL"),
            postgresql_where=sa.text("addressee_id IS NULL"),
        )

    op.create_table(
        "personal_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("token_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(addressee_id IS NULL) <> (reviewer_id IS NULL)", name=op.f("ck_personal_link_answer_or_review")
        ),
        sa.ForeignKeyConstraint(
            ["addressee_id"],
            ["prompt_addressee.id"],
            name=op.f("fk_personal_link_addressee_id_prompt_addressee"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_personal_link_person_id_person")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["product_reviewer.id"],
            name=op.f("fk_personal_link_reviewer_id_product_reviewer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("addressee_id", "serial", name=op.f("uq_personal_link_addressee_id_serial")),
        sa.UniqueConstraint("reviewer_id", "serial", name=op.f("uq_personal_link_reviewer_id_serial")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_personal_link_token_digest")),
    )
    with op.batch_alter_table("personal_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personal_link_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personal_link_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personal_link_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stored_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_attachment_contribution_id_contribution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attachment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachment_stored_name")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contribution_group",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_group_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["expert_group.id"], name=op.f("fk_contribution_group_group_id_expert_group")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "group_id", name=op.f("pk_contribution_group")),
    )
    with op.batch_alter_table("contribution_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_group_group_id"), ["group_id"], unique=False)

    op.create_table(
        "contribution_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("marking", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_ids", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("practice_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_version_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contribution_version_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_version")),
        sa.UniqueConstraint(
            "contribution_id", "number", name=op.f("uq_contribution_version_contribution_id_number")
        ),
    )
    with op.batch_alter_table("contribution_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contribution_version_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_contribution_version_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("contribution_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_version_person_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_version_contribution_id"))

    op.drop_table("contribution_version")
    with op.batch_alter_table("contribution_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_group_group_id"))

    op.drop_table("contribution_group")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_person_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_contribution_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("personal_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_link_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_personal_link_person_id"))
        batch_op.drop_index(batch_op.f("ix_personal_link_addressee_id"))

    op.drop_table("personal_link")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contribution_city",
            sqlite_where=sa.text("addressee_id IS NULL"),
            postgresql_where=sa.text("addressee_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_contribution_party_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_author_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_addressee_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_comment_reviewer_id"))

    op.drop_table("review_comment")
    with op.batch_alter_table("prompt_addressee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prompt_addressee_person_id"))
        batch_op.drop_index(batch_op.f("ix_prompt_addressee_party_id"))
        batch_op.drop_index(batch_op.f("ix_prompt_addressee_holder_id"))

    op.drop_table("prompt_addressee")
    with op.batch_alter_table("prompt_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prompt_question_prompt_id"))

    op.drop_table("prompt_question")
    with op.batch_alter_table("prompt_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prompt_party_prompt_id"))
        batch_op.drop_index(batch_op.f("ix_prompt_party_group_id"))
        batch_op.drop_index(batch_op.f("ix_prompt_party_city_id"))

    op.drop_table("prompt_party")
    with op.batch_alter_table("product_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_version_product_id"))
        batch_op.drop_index(batch_op.f("ix_product_version_person_id"))

    op.drop_table("product_version")
    with op.batch_alter_table("product_reviewer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_reviewer_product_id"))
        batch_op.drop_index(batch_op.f("ix_product_reviewer_person_id"))

    op.drop_table("product_reviewer")
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prompt_cycle_id"))

    op.drop_table("prompt")
    op.drop_table("product")
