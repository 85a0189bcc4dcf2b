-- What the watchers need: where an alert is explained, when a job is due, which breakers are open, and how old work is that
-- is due and not done.

alter table public.alerts add column runbook text;
comment on column public.alerts.runbook is 'Where it is written what to look at and what to do.';
alter table public.job_heartbeats add column next_due_at timestamptz;
comment on column public.job_heartbeats.next_due_at is 'When it runs next at the latest; null for what runs when there is work.';

create table public.breakers (
  service text not null,
  breaker text not null,
  state text not null check (state in ('closed', 'half-open', 'open')),
  probe_at timestamptz,
  changed_at timestamptz not null,
  changed_by uuid not null,
  primary key (service, breaker)
);
alter table public.breakers enable row level security;
comment on table public.breakers is 'The last word of each service about each of its breakers. One that never opened is not here.';

create function surepost.merge_breakers(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.breakers as b (service, breaker, state, probe_at, changed_at, changed_by)
  select distinct on (body ->> 'service', body ->> 'breaker')
    body ->> 'service', body ->> 'breaker', body ->> 'state', (body ->> 'probeAt')::timestamptz, at, id
  from unnest(fresh) where type = 'breaker.changed'
  order by body ->> 'service', body ->> 'breaker', at desc, id desc
  on conflict (service, breaker) do update set
    state = excluded.state, probe_at = excluded.probe_at, changed_at = excluded.changed_at, changed_by = excluded.changed_by
  where (excluded.changed_at, excluded.changed_by) > (b.changed_at, b.changed_by)
$$;

-- As before, and the runbook of the last raising.
create function surepost.merge_runbooks(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  update public.alerts as a set runbook = f.body ->> 'runbook'
  from unnest(fresh) as f
  where f.type = 'alert.raised' and a.key = f.body ->> 'key' and a.raised_by = f.id
$$;

-- The later of all times that were said: a run that was told late takes none back.
create function surepost.merge_due_times(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  update public.job_heartbeats as h set next_due_at = greatest(h.next_due_at, said.next_due_at)
  from (
    select body ->> 'job' as job, coalesce(account, '') as account, max((body ->> 'nextDueAt')::timestamptz) as next_due_at
    from unnest(fresh) where type = 'job.ran' group by 1, 2
  ) as said
  where h.job = said.job and h.account = said.account and said.next_due_at is not null
$$;

create or replace function public.apply_facts(facts jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  fresh public.facts[] := surepost.journal(facts);
  kinds text[] := array(select distinct split_part(f.type, '.', 1) from unnest(fresh) as f);
  touched uuid[];
  named uuid[];
begin
  if kinds && array['post', 'metrics'] then
    touched := surepost.lock_posts(fresh);
    perform surepost.merge_posts(fresh);
    perform surepost.spread_segments(fresh);
    perform surepost.merge_segments(fresh, touched);
    perform surepost.close_checks(touched);
  end if;
  if 'metrics' = any (kinds) then
    perform surepost.merge_checks(fresh);
    perform surepost.add_readings(fresh);
  end if;
  if kinds && array['post', 'metrics'] then
    perform surepost.merge_corrections(fresh, touched);
    perform surepost.merge_doubts(fresh, touched);
  end if;
  if 'mention' = any (kinds) then perform surepost.merge_mentions(fresh); end if;
  if 'account' = any (kinds) then
    perform surepost.merge_accounts(fresh);
    perform surepost.merge_audits(fresh);
  end if;
  if 'job' = any (kinds) then
    perform surepost.merge_jobs(fresh);
    perform surepost.merge_due_times(fresh);
  end if;
  if 'alert' = any (kinds) then
    perform surepost.merge_alerts(fresh);
    perform surepost.merge_runbooks(fresh);
  end if;
  if 'breaker' = any (kinds) then perform surepost.merge_breakers(fresh); end if;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f -> 'body' ->> 'postId')::uuid from jsonb_array_elements(facts) as f
    where f ->> 'type' = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named));
end
$$;

-- Jobs that did not run although they are due for longer than `grace_seconds`, and alerts of those that run again:
-- {raise: [{key, job, dueAt, lateSeconds}], clear: [key]}. One that never ran counts from `since`.
create function public.late_jobs(
  jobs text[], since timestamptz, grace_seconds double precision, repeat_seconds double precision,
  job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  prefix constant text := 'job.late.';
  answer jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with named as (
    select n.job, prefix || n.job as key, coalesce(h.next_due_at, since) as due_at
    from unnest(jobs) as n (job) left join public.job_heartbeats as h on h.job = n.job and h.account = ''
  ),
  late as (select * from named where due_at < now() - make_interval(secs => grace_seconds)),
  unsaid as (
    select l.* from late as l left join public.alerts as a using (key)
    where a.raised_at is null or not a.active or a.raised_at <= now() - make_interval(secs => repeat_seconds)
  ),
  well as (
    select a.key from public.alerts as a
    where a.active and starts_with(a.key, prefix) and not exists (select from late as l where l.key = a.key)
  )
  select jsonb_build_object(
    'raise', (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'job', job, 'dueAt', due_at,
      'lateSeconds', extract(epoch from now() - due_at))), '[]') from unsaid),
    'late', (select coalesce(jsonb_agg(jsonb_build_object('job', job, 'lateSeconds', extract(epoch from now() - due_at))), '[]') from late),
    'clear', (select coalesce(jsonb_agg(key order by key), '[]') from well)) into answer;
  return answer;
end
$$;
comment on function public.late_jobs is 'Which alerts of jobs that do not run are to be raised (again), and which are to be cleared. It runs none.';

create function surepost.aged(n bigint, since timestamptz) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('count', n, 'oldestSeconds', coalesce(greatest(0, extract(epoch from now() - since)), 0))
$$;

-- What is due and not done, by number and age. Posts that a pause or the kill switch holds back are counted apart.
create function public.due_work() returns jsonb
language sql stable security definer set search_path = '' as $$
  with stopped as (select exists (select from public.alerts where key = 'kill_switch' and active) as by_switch),
  due as materialized (
    select p.account, greatest(p.due_at, p.approved_at, p.submitted_at) as since,
      stopped.by_switch or coalesce(surepost.is_paused(a), false) as held
    from stopped, public.posts as p left join public.accounts as a on a.id = p.account
    where p.state in ('accepted', 'scheduled', 'queued', 'publishing') and p.due_at <= now()
  ),
  unread as materialized (
    select c.due_at from public.checks as c
    join public.segments as s on s.post_id = c.post_id and s.segment = c.segment
    join public.accounts as a on a.id = s.account
    where c.state in ('open', 'claimed') and c.due_at <= now() and c.deadline > now()
      and s.platform_id is not null and s.deleted_at is null and not surepost.is_paused(a)
  ),
  undecided as (
    select m.harvested_at from public.mentions as m join public.accounts as a on a.id = m.account
    where m.decision is null and m.harvested_at is not null
      and (a.config -> 'replies' ->> 'enabled') = 'true' and not surepost.is_paused(a)
  ),
  unknown as (select phase_at from public.posts where state = 'unknown')
  select jsonb_build_object(
    'posts', (select surepost.aged(count(*), min(since)) from due where not held),
    'held', (select surepost.aged(count(*), min(since)) from due where held),
    'heldAccounts', (select coalesce(jsonb_agg(distinct account), '[]') from due where held),
    'killSwitch', (select by_switch from stopped),
    'checks', (select surepost.aged(count(*), min(due_at)) from unread),
    'answers', (select surepost.aged(count(*), min(harvested_at)) from undecided),
    'unknown', (select surepost.aged(count(*), min(phase_at)) from unknown),
    'askedReadings', (select surepost.aged(count(*), min(claimed_at)) from public.checks where state = 'claimed' and claimed_until > now()),
    'paused', (select coalesce(jsonb_agg(substr(key, length('account.paused.') + 1) order by key), '[]')
      from public.alerts where active and starts_with(key, 'account.paused.')),
    'alerts', (select coalesce(jsonb_agg(key order by key), '[]') from (
      select key from public.alerts where active order by raised_at desc limit 1000) as standing),
    'failing', (select coalesce(jsonb_agg(jsonb_build_object('job', job, 'account', account, 'failures', consecutive_failures)), '[]')
      from public.job_heartbeats where consecutive_failures > 0))
$$;
comment on function public.due_work is
  'Due and not done, each {count, oldestSeconds}: posts (nothing holds them), held (a pause or the kill switch does), checks, answers, unknown; askedReadings were asked for and not answered; alerts: the keys of those that stand.';

-- What a service needs of the database to work, a sentence for each thing that is not so.
create function public.access_troubles() returns text[]
language plpgsql stable security definer set search_path = '' as $$
declare
  troubles text[] := '{}';
  item record;
begin
  for item in
    select c.relname from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity order by 1
  loop
    troubles := troubles || format('Row level security is off on the table %s: run "alter table public.%s enable row level security".', item.relname, item.relname);
  end loop;
  for item in
    select c.relname from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and c.relname !~ '^facts_'
      and has_table_privilege('anon', c.oid, 'select') order by 1
  loop
    troubles := troubles || format('The role anon may read %s: run "revoke all on public.%s from anon".', item.relname, item.relname);
  end loop;
  for item in
    select c.relname from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace
      and c.relname in ('facts', 'posts', 'segments', 'checks', 'readings', 'accounts', 'mentions', 'job_runs', 'job_heartbeats', 'alerts', 'audits', 'breakers')
      and not has_table_privilege('service_role', c.oid, 'select') order by 1
  loop
    troubles := troubles || format('The role service_role may not read %s: run "grant select on public.%s to service_role".', item.relname, item.relname);
  end loop;
  return troubles;
end
$$;
comment on function public.access_troubles is 'What is not as the migrations made it: row level security, and who may read. Empty: nothing.';

revoke all on public.breakers from public, anon, authenticated, service_role;
grant select on public.breakers to service_role;
do $$
declare
  item record;
begin
  for item in
    select p.oid::regprocedure as signature from pg_catalog.pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.proname in ('late_jobs', 'due_work', 'access_troubles')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', item.signature);
    execute format('grant execute on function %s to service_role', item.signature);
  end loop;
end
$$;
