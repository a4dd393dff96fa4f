"""Add wallets and gates."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "gate_cycles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_cycles")),
    )
    with op.batch_alter_table("gate_cycles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_cycles_guild_id_id"), ["guild_id", "id"], unique=False)

    op.create_table(
        "gate_protected",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_gate_protected")),
    )
    op.create_table(
        "gate_servers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("grace_seconds", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_servers")),
        sa.UniqueConstraint("guild_id", name=op.f("uq_gate_servers_guild_id")),
    )
    op.create_table(
        "gate_snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=True),
        sa.Column("contract", sa.String(length=42), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_snapshots")),
        sa.UniqueConstraint("guild_id", "folded", name=op.f("uq_gate_snapshots_guild_id_folded")),
    )
    op.create_table(
        "gates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=True),
        sa.Column("contract", sa.String(length=42), nullable=True),
        sa.Column("standard", sa.String(length=32), nullable=True),
        sa.Column("minimum", sa.String(length=78), nullable=True),
        sa.Column("maximum", sa.String(length=78), nullable=True),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("token_ids", sa.String(), nullable=True),
        sa.Column("expression", sa.String(), nullable=True),
        sa.Column("grace_seconds", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gates")),
        sa.UniqueConstraint("guild_id", "folded", name=op.f("uq_gates_guild_id_folded")),
        sa.UniqueConstraint("guild_id", "number", name=op.f("uq_gates_guild_id_number")),
        sa.UniqueConstraint("guild_id", "role_id", name=op.f("uq_gates_guild_id_role_id")),
    )
    op.create_table(
        "wallet_cooldowns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_cooldowns")),
        sa.UniqueConstraint("guild_id", "digest", name=op.f("uq_wallet_cooldowns_guild_id_digest")),
    )
    with op.batch_alter_table("wallet_cooldowns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_cooldowns_until"), ["until"], unique=False)

    op.create_table(
        "wallet_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_links")),
        sa.UniqueConstraint("guild_id", "address", name=op.f("uq_wallet_links_guild_id_address")),
    )
    with op.batch_alter_table("wallet_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_links_guild_id_user_id"), ["guild_id", "user_id"], unique=False)

    op.create_table(
        "wallet_members",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refreshed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_wallet_members")),
    )
    op.create_table(
        "wallet_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("guild_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=42), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wallet_id", sa.BigInteger(), nullable=True),
        sa.Column("state_hash", sa.String(), nullable=True),
        sa.Column("verifier", sa.String(), nullable=True),
        sa.Column("browser_hash", sa.String(), nullable=True),
        sa.Column("reply_token", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("consumed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_sessions")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_wallet_sessions_state_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wallet_sessions_token_hash")),
    )
    with op.batch_alter_table("wallet_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_wallet_sessions_guild_id_user_id_created_at"),
            ["guild_id", "user_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "gate_breakers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("gate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("would_take", sa.Integer(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_gate_breakers_gate_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_breakers")),
        sa.UniqueConstraint("gate_id", name=op.f("uq_gate_breakers_gate_id")),
    )
    op.create_table(
        "gate_grants",
        sa.Column("gate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_gate_grants_gate_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gate_id", "user_id", name=op.f("pk_gate_grants")),
    )
    with op.batch_alter_table("gate_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_grants_guild_id_role_id"), ["guild_id", "role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gate_grants_guild_id_user_id"), ["guild_id", "user_id"], unique=False)

    op.create_table(
        "gate_snapshot_holders",
        sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("amount", sa.String(length=78), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["gate_snapshots.id"],
            name=op.f("fk_gate_snapshot_holders_snapshot_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "address", name=op.f("pk_gate_snapshot_holders")),
    )
    op.create_table(
        "gate_standings",
        sa.Column("gate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("found", sa.String(length=78), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("negatives", sa.Integer(), nullable=False),
        sa.Column("grace_until", sa.BigInteger(), nullable=True),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_gate_standings_gate_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gate_id", "user_id", name=op.f("pk_gate_standings")),
    )
    with op.batch_alter_table("gate_standings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_standings_guild_id_user_id"), ["guild_id", "user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("gate_standings")
    op.drop_table("gate_snapshot_holders")
    op.drop_table("gate_grants")
    op.drop_table("gate_breakers")
    op.drop_table("wallet_sessions")
    op.drop_table("wallet_members")
    op.drop_table("wallet_links")
    op.drop_table("wallet_cooldowns")
    op.drop_table("gates")
    op.drop_table("gate_snapshots")
    op.drop_table("gate_servers")
    op.drop_table("gate_protected")
    op.drop_table("gate_cycles")
