"""What Alembic runs: the caller has put its connection into the configuration."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], target_metadata=attributes.get("metadata"),
                  render_as_batch=True, compare_type=False)
with context.begin_transaction():
    context.run_migrations()
