/** Raised with every change of the tables that an older program would not bear; a ledger of a newer schema is refused. */
export const SCHEMA_VERSION = 1

/**
 * The ledger's tables. A row is its JSON document; what is searched by is a generated column of it, so that a row has
 * one source. `synchronous = full` in WAL mode syncs the log at every commit: what was answered survives a power cut.
 */
export const SCHEMA = `
create table if not exists meta (key text primary key, value text not null) strict;

create table if not exists actions (
  doc text not null,
  post_id text generated always as (doc ->> 'postId') virtual,
  revision integer generated always as (doc ->> 'revision') virtual,
  segment integer generated always as (doc ->> 'segment') virtual,
  account text generated always as (doc ->> 'account') virtual,
  state text generated always as (doc ->> 'state') virtual,
  lease_id text generated always as (doc ->> 'leaseId') virtual,
  quiet_since integer generated always as (doc ->> 'quietSince') virtual,
  text_hash text generated always as (doc ->> 'textHash') virtual,
  platform_id text generated always as (doc ->> 'platformId') virtual,
  begun_at integer generated always as (doc ->> 'begunAt') virtual,
  published_at integer generated always as (doc ->> 'publishedAt') virtual,
  not_after integer generated always as (doc ->> 'notAfter') virtual,
  touched_at integer generated always as (doc ->> 'touchedAt') virtual,
  resends integer generated always as (doc ->> 'resends') virtual
) strict;
create unique index if not exists actions_key on actions (post_id, revision, segment);
create unique index if not exists actions_platform_id on actions (account, platform_id) where platform_id is not null;
create index if not exists actions_unsettled on actions (account, touched_at) where state in ('open', 'unknown');
create index if not exists actions_lease on actions (lease_id) where state in ('open', 'unknown');
create index if not exists actions_text on actions (account, text_hash, begun_at) where text_hash is not null;
create index if not exists actions_text_anywhere on actions (text_hash, begun_at) where text_hash is not null;
create index if not exists actions_live on actions (account, published_at) where state = 'done';
create index if not exists actions_old on actions (not_after) where state in ('done', 'aborted');

create table if not exists spends (
  doc text not null,
  post_id text generated always as (doc ->> 'postId') virtual,
  revision integer generated always as (doc ->> 'revision') virtual,
  segment integer generated always as (doc ->> 'segment') virtual,
  attempt integer generated always as (doc ->> 'attempt') virtual,
  account text generated always as (doc ->> 'account') virtual,
  kind text generated always as (doc ->> 'kind') virtual,
  state text generated always as (doc ->> 'state') virtual,
  at integer generated always as (doc ->> 'at') virtual,
  clicked_by integer generated always as (doc ->> 'clickedBy') virtual
) strict;
create unique index if not exists spends_key on spends (post_id, revision, segment, attempt);
create index if not exists spends_account on spends (account, kind, clicked_by, at);

create table if not exists appointments (
  post_id text primary key, account text not null, kind text not null, at integer not null, need integer not null
) strict;
create index if not exists appointments_account on appointments (account, kind, at);

create table if not exists revocations (post_id text primary key, at integer not null, doc text not null) strict;
create table if not exists accounts (id text primary key, doc text not null) strict;
create table if not exists sessions (account text primary key, sealed blob not null, updated_at integer not null) strict;
create table if not exists leases (id text primary key, account text not null, ended_at integer, doc text not null) strict;
create index if not exists leases_living on leases (account) where ended_at is null;
create table if not exists commands (
  post_id text not null, revision integer not null, body text not null, primary key (post_id, revision)
) strict;

create table if not exists opted_out (
  platform text not null, person text not null, at integer not null, primary key (platform, person)
) strict;

create table if not exists outbox (
  seq integer primary key, id text not null unique, kind text not null, type text not null, body text not null
) strict;
-- In which trace a parcel was written: kept beside it, as it says nothing of what happened.
create table if not exists traces (seq integer primary key, traceparent text not null) strict;
`
