"""The steps by which a database follows the tables, and what Alembic needs to take them."""
