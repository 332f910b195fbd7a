"""A seat sees its organisation and all below it: the part of a query that says so."""

BELOW = """below as (
  select code from read.organisation where code = :org
  union select o.code from below join read.organisation o
     on coalesce(o.managed_by, o.located_in) = below.code
)"""
