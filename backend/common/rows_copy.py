"""SHELL: many new rows of one table at once, through PostgreSQL's COPY: a third of what multi-row INSERTs cost."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg import sql
from psycopg.types.json import Jsonb


def models_copy(rows: Sequence[Model]) -> None:
    """Write unsaved rows of one model as `rows_copy` does. Their keys must be set, or be made by the database."""
    if not rows:
        return
    columns = [column for column in rows[0]._meta.concrete_fields if _is_written(column, rows[0])]
    rows_copy(type(rows[0]), [str(c.column) for c in columns], ([_value(row, c) for c in columns] for row in rows))


def rows_copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows of a model's table, their values in the order of `columns`.

    No signals and no ON CONFLICT: raises what the database refuses (IntegrityError, OperationalError) as Django does.
    """
    names = sql.SQL(", ").join([sql.Identifier(name) for name in columns])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    # Only Django's own cursor methods translate the driver's errors; COPY is not one of them.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _is_written(column: "Field[object, object]", row: Model) -> bool:
    # Generated columns and keys that the database gives are its own to write.
    return not column.generated and not (column.primary_key and row.pk is None)


def _value(row: Model, column: "Field[object, object]") -> object:
    value: object = getattr(row, column.attname)
    return Jsonb(value) if value is not None and isinstance(column, JSONField) else value
