-- The kernel's own tables. Every service has them in a database of its own.
create schema kernel;
create schema read;

-- What this store is. A restored copy has another identity: then the epoch rises.
create table kernel.identity (
  one boolean primary key default true check (one),
  source text not null, epoch int not null, identity text not null, since timestamptz not null,
  has_keys boolean not null default false);

-- A restored dump is another database, a restored cluster is on another timeline.
create function kernel.here() returns text language sql stable as
  $$ select (select oid::text from pg_database where datname = current_database())
         || '/' || case when not pg_is_in_recovery()  -- a standby cannot say, nor write
                         then left(pg_walfile_name(pg_current_wal_lsn()), 8) else '' end
         || '/' || (select system_identifier from pg_control_system())::text $$;

-- In trials and tests the clock can be moved; elsewhere this table is empty.
create table kernel.clock_shift (one boolean primary key default true check (one), shift interval not null);
create function kernel.now() returns timestamptz language sql volatile parallel unsafe as
  $$ select clock_timestamp() + coalesce((select shift from kernel.clock_shift), interval '0') $$;

create table kernel.events (
  stream_id text not null, version int not null check (version > 0), event_id uuid not null,
  type text not null, schema_ver smallint not null,
  data bytea not null, meta bytea not null, at timestamptz not null, hash bytea not null,
  primary key (stream_id, version));
create table kernel.commands (
  command_id uuid primary key, digest bytea not null, stream_id text not null, version int not null,
  at timestamptz not null);
create table kernel.claims (
  kind text not null, value text not null, stream_id text not null, primary key (kind, value));
create table kernel.due (
  stream_id text not null, clock text not null, at timestamptz not null,
  tries int not null default 0, held_until timestamptz not null default '-infinity', error text,
  rung boolean not null default false,  -- answered, though its stream still names it
  primary key (stream_id, clock));
create index on kernel.due (at) where not rung;

-- What was committed and has no place in the order yet; then the order itself.
create table kernel.feed_queue (
  pos bigint generated always as identity primary key,
  key text not null, stream_id text, version int, journal_id bigint)
  with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
create table kernel.feed (
  seq bigint primary key, key text not null, stream_id text, version int, journal_id bigint,
  sequenced_at timestamptz not null);
create unique index feed_own on kernel.feed (stream_id, version) where journal_id is null;
create index on kernel.feed (sequenced_at);
create table kernel.checkpoints (
  name text primary key, seq bigint not null default 0, moved_at timestamptz not null default clock_timestamp());

-- What others told us, as it came. `waits` marks a fact that came before its predecessor.
create table kernel.journal (
  id bigint generated always as identity primary key,
  source text, stream_id text, epoch int, version int, event_id uuid, type text, schema_ver smallint,
  data bytea, meta bytea, hash bytea, at timestamptz, raw_headers bytea,
  topic text not null, partition int not null, "offset" bigint not null, key text not null,
  heard_at timestamptz not null, waits boolean not null default false);
create unique index journal_once on kernel.journal (source, stream_id, epoch, version);
create table kernel.inbox_offsets (
  topic text not null, partition int not null, topic_id text not null, next_offset bigint not null,
  primary key (topic, partition));
create table kernel.inbox_guards (
  source text not null, stream_id text not null, epoch int not null, version int not null,
  waiting int not null default 0, primary key (source, stream_id));
create index on kernel.inbox_guards (source, stream_id) where waiting > 0;
-- Facts of a source's lost timeline: it was put back to a backup, and these it no longer has.
create table kernel.forks (
  source text not null, stream_id text not null, epoch int not null,
  first_missing int not null, last_missing int not null, seen_at timestamptz not null,
  primary key (source, stream_id, epoch));

-- Facts that one reader could not take yet, in their order; the first of a key holds up the others.
create table kernel.parked (
  consumer text not null, key text not null, seq bigint not null, state text not null
    check (state in ('retrying', 'parked', 'too-new', 'behind')),
  tries int not null default 0, next_at timestamptz not null, since timestamptz not null,
  error text not null, primary key (consumer, seq));
create index parked_keys on kernel.parked (consumer, key, seq);
create table kernel.skipped (
  consumer text not null, key text not null, seq bigint not null, error text not null,
  reason text not null, by uuid not null, at timestamptz not null, primary key (consumer, seq));
create table kernel.projections (name text primary key, version int not null, since timestamptz not null);

create table kernel.tree_heads (
  size bigint primary key, epoch int not null, root bytea not null, previous bytea not null,
  at timestamptz not null, signature bytea not null, frontier bytea not null, told boolean not null default false);

-- Keys of sealed texts, wrapped. `wrapped` null: destroyed, and that is remembered for ever.
create table kernel.keys (
  subject text primary key, wrapped bytea, ours boolean not null, private boolean not null default false,
  since timestamptz not null, destroyed_at timestamptz);
create table kernel.key_queue (
  pos bigint generated always as identity primary key, subject text not null);
create table kernel.vault (person text primary key, box bytea not null, at timestamptz not null);
