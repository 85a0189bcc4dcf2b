-- Who may do what, and how services ask which migrations are applied.

create function public.schema_version() returns text[]
language plpgsql stable security definer set search_path = '' as $$
declare
  versions text[];
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then return '{}'; end if;
  select coalesce(array_agg(version order by version), '{}') into versions from supabase_migrations.schema_migrations;
  return versions;
end
$$;
comment on function public.schema_version is 'The versions of the applied migrations, oldest first. Services compare them with those that they were built for.';

-- Totals for the overview: how many posts are in each state that waits, what is due and not done, the gaps.
create function public.overview(since timestamptz default now() - interval '7 days') returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'posts', (select coalesce(jsonb_object_agg(state, n), '{}') from (
      select state, count(*) as n from public.posts where submitted_at >= since and state is not null group by state) as s),
    'segments', (select jsonb_build_object(
        'live', count(*) filter (where state = 'live'), 'recorded', count(*), 'measured', count(*) filter (where metrics_at is not null),
        'missing', count(*) filter (where missing), 'conflicts', count(*) filter (where conflict))
      from public.segments where platform_id is not null and published_at >= since),
    'checks', (select coalesce(jsonb_object_agg(state, n), '{}') from (
      select state, count(*) as n from public.checks where due_at >= since group by state) as c),
    'overdue', jsonb_build_object(
      'posts', (select count(*) from public.posts where state in ('accepted', 'scheduled') and due_at < now() - interval '1 minute'),
      'checks', (select count(*) from public.checks where state in ('open', 'claimed') and open_at < now() - interval '5 minutes'),
      'unplanned', (select count(*) from public.segments where platform_id is not null and checks_planned_at is null)),
    'mentions', (select count(*) from public.mentions where decision is null and harvested_at is not null),
    'alerts', (select count(*) from public.alerts where active))
$$;

-- RLS is on everywhere and has no policy: without service_role's bypass nobody sees a row. Supabase's default privileges
-- give anon and authenticated everything on new tables, so those are taken back too; and service_role only reads.
do $$
declare
  item record;
begin
  for item in
    select c.relname from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and (c.relname in ('facts', 'posts', 'segments', 'checks', 'readings', 'accounts', 'mentions', 'job_runs', 'job_heartbeats', 'job_locks', 'alerts')
        or c.relname ~ '^facts_')
  loop
    execute format('alter table public.%I enable row level security', item.relname);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', item.relname);
    -- Partitions are read through the journal.
    if item.relname !~ '^facts_' then execute format('grant select on public.%I to service_role', item.relname); end if;
  end loop;
  for item in
    select p.oid::regprocedure as signature from pg_catalog.pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.proname in (
      'apply_facts', 'ensure_fact_partitions', 'hold_job_lock', 'release_job_lock', 'claim_due_posts', 'claim_expired_posts',
      'unplanned_segments', 'plan_checks', 'claim_due_checks', 'claim_expired_checks', 'claim_due_harvests',
      'claim_open_mentions', 'prune_history', 'schema_version', 'overview')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', item.signature);
    execute format('grant execute on function %s to service_role', item.signature);
  end loop;
end
$$;
grant usage on schema public to service_role;
