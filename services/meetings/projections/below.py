"""The organisations that a seat looks down on, as the head of a query with `:org`."""

BELOW = """
with recursive below as (
  select code from read.organisation where code = :org
  union select o.code from below join read.organisation o
     on coalesce(o.managed_by, o.located_in) = below.code
)"""
