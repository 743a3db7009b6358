"""The store in a SQL database: SQLite by default, PostgreSQL by its URL."""
