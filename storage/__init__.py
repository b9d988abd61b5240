"""Tables, the Unit (one transaction), queries, migrations, files. The only room that knows SQLAlchemy."""
