-- Roles, the private schema and the journal of facts.
--
-- Everything that other services read lives in `public`; the parts of our functions live in `surepost`, which PostgREST
-- does not expose. Nothing is written but through the functions of `public` (security definer), so that a key that may
-- read the tables still cannot change a row behind apply_facts.

-- Supabase has these roles; a plain Postgres gets them here.
do $$
begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    create role service_role nologin noinherit bypassrls;
  end if;
end
$$;

create schema if not exists surepost;
revoke all on schema surepost from public;

-- The journal: every recorded fact, once, as it was said. The visible history of each post, and the only source from
-- which everything else could be computed again. Partitioned by the fact's own time so that old months can be dropped
-- whole. Identity is (id, at): a producer that repeats an id repeats its time too, or says a second thing.
create table public.facts (
  id uuid not null,
  at timestamptz not null,
  type text not null,
  post_id uuid,
  account text,
  body jsonb not null check (jsonb_typeof(body) = 'object'),
  recorded_at timestamptz not null default now(),
  primary key (id, at)
) partition by range (at);
create index facts_of_post on public.facts (post_id, at, id) where post_id is not null;

comment on table public.facts is 'Append-only journal of every recorded fact, partitioned by month of `at`.';
comment on column public.facts.at is 'When it happened, by the clock of whoever said it.';
comment on column public.facts.recorded_at is 'When the database first heard of it.';

create table public.facts_default partition of public.facts default;
alter table public.facts enable row level security;
alter table public.facts_default enable row level security;

-- One month's partition. Rows of that month that had to go to the default partition are moved, so it never blocks us.
create function surepost.add_fact_partition(first_day date) returns text
language plpgsql set search_path = '' as $$
declare
  name text := 'facts_' || to_char(first_day, 'YYYY_MM');
  -- Months are UTC months, whatever the session's time zone.
  lower_bound timestamptz := first_day::timestamp at time zone 'UTC';
  upper_bound timestamptz := (first_day + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('public.' || name) is not null then return null; end if;
  execute format('create table public.%I (like public.facts including defaults including constraints)', name);
  execute format('alter table public.%I enable row level security', name);
  execute format('revoke all on public.%I from public, anon, authenticated, service_role', name);
  execute format(
    'with moved as (delete from public.facts_default where at >= %L and at < %L returning *) insert into public.%I select * from moved',
    lower_bound, upper_bound, name);
  execute format('alter table public.facts attach partition public.%I for values from (%L) to (%L)', name, lower_bound, upper_bound);
  return name;
end
$$;

create function public.ensure_fact_partitions(months_ahead integer default 3) returns text[]
language plpgsql security definer set search_path = '' as $$
declare
  this_month date := date_trunc('month', now() at time zone 'UTC')::date;
  made text[];
begin
  perform pg_advisory_xact_lock(hashtext('surepost.fact_partitions'));
  select coalesce(array_agg(name order by name) filter (where name is not null), '{}') into made
  from (
    select surepost.add_fact_partition((this_month + make_interval(months => n))::date) as name
    from generate_series(0, least(months_ahead, 24)) as n
  ) as partitions;
  return made;
end
$$;
comment on function public.ensure_fact_partitions is
  'Makes the journal''s partitions of this month and the next ones; answers which were missing. Safe to repeat.';

select public.ensure_fact_partitions(3);
