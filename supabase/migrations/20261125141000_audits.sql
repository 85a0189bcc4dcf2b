-- Truth-gap audits: what was compared, ids that were wrong, ids that are doubted, and whose turn it is.

create table public.audits (
  id uuid primary key,
  account text not null,
  at timestamptz not null,
  since timestamptz not null,
  outcome text not null check (outcome in ('clean', 'gaps', 'invalid')),
  reason text,
  seen integer not null,
  recorded integer not null,
  report jsonb not null check (jsonb_typeof(report) = 'object')
);
alter table public.audits enable row level security;
comment on table public.audits is 'Every audit of an account: what it shows against what is recorded. An invalid one knows nothing.';
comment on column public.audits.report is '{recovered, missing, wrongIds, duplicates, foreign}: each a list.';
create index audits_newest on public.audits (account, at desc);

create table public.corrections (
  id uuid primary key,
  post_id uuid not null references public.posts (id) on delete cascade,
  segment integer not null,
  at timestamptz not null,
  wrong text not null,
  platform_id text not null check (platform_id ~ '^[1-9][0-9]{14,19}$'),
  url text not null,
  published_at timestamptz not null
);
alter table public.corrections enable row level security;
comment on table public.corrections is 'The recorded id of a segment was another post''s. The latest correction (at, id) says the true one.';
create index corrections_of_segment on public.corrections (post_id, segment, at desc, id desc);

create table public.doubts (
  post_id uuid not null references public.posts (id) on delete cascade,
  segment integer not null,
  platform_id text not null,
  account text not null,
  reason text not null,
  opened_at timestamptz not null,
  last_at timestamptz not null,
  attention_at timestamptz,
  attention_claimed_until timestamptz,
  primary key (post_id, segment, platform_id)
);
alter table public.doubts enable row level security;
comment on table public.doubts is 'Recorded ids that were seen to be another post''s. Each is looked for by audits until it ends (view id_recoveries).';
create index doubts_of_account on public.doubts (account, opened_at);

-- What becomes of a doubted id. Recovered: the segment has another id by now. Refuted: it was read under this id since.
create view public.id_recoveries with (security_invoker = true) as
select d.post_id, d.segment, d.platform_id as doubted, d.account, d.reason, d.opened_at, d.last_at, s.platform_id,
  case
    when s.platform_id is distinct from d.platform_id then 'recovered'
    when s.deleted_at is not null then 'deleted'
    when exists (select from public.readings as r where r.post_id = d.post_id and r.segment = d.segment
      and r.platform_id = d.platform_id and r.suspect is null and r.at > d.last_at) then 'refuted'
    when d.attention_at is not null then 'needs_attention'
    else 'open'
  end as state
from public.doubts as d left join public.segments as s on s.post_id = d.post_id and s.segment = d.segment;
comment on view public.id_recoveries is 'Every doubted id and what became of it: open, recovered, refuted, deleted or needs_attention.';

create table public.audit_turns (
  account text primary key,
  asked_at timestamptz not null,
  next_at timestamptz not null
);
alter table public.audit_turns enable row level security;
comment on table public.audit_turns is 'When an account was last asked to be audited by schedule, and when it is next.';

-- The latest correction of a segment is its true id, whatever was or will be said; the wrong ids are no contradiction any more.
create function surepost.correct_segment() returns trigger
language plpgsql set search_path = '' as $$
declare
  latest public.corrections;
begin
  if new.platform_id is null then return new; end if;
  select * into latest from public.corrections where post_id = new.post_id and segment = new.segment order by at desc, id desc limit 1;
  if not found then return new; end if;
  new.other_platform_ids := array(
    select distinct other from unnest(new.other_platform_ids || new.platform_id) as other
    where other <> latest.platform_id
      and not exists (select from public.corrections as c where c.post_id = new.post_id and c.segment = new.segment and c.wrong = other)
    order by other);
  new.platform_id := latest.platform_id;
  new.url := latest.url;
  new.published_at := latest.published_at;
  return new;
end
$$;
create trigger correct_segment before insert or update of platform_id, other_platform_ids on public.segments
for each row execute function surepost.correct_segment();

-- Corrections of a batch, and what had been read under the wrong ids: kept, and believed no more.
create function surepost.merge_corrections(fresh public.facts[], touched uuid[]) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.corrections (id, post_id, segment, at, wrong, platform_id, url, published_at)
  select id, post_id, (body ->> 'segment')::integer, at, body ->> 'wrong', body ->> 'platformId', body ->> 'url', (body ->> 'publishedAt')::timestamptz
  from unnest(fresh) where type = 'post.segment_corrected'
  order by id on conflict (id) do nothing;
  if not exists (select from public.corrections where post_id = any (touched)) then return; end if;

  update public.segments as s set platform_id = s.platform_id
  where s.post_id = any (touched)
    and exists (select from public.corrections as c where c.post_id = s.post_id and c.segment = s.segment);
  update public.readings as r set suspect = format('Read from %s, which was another post''s id.', r.platform_id)
  from public.segments as s
  where r.post_id = any (touched) and s.post_id = r.post_id and s.segment = r.segment and r.suspect is null and r.platform_id <> s.platform_id
    and exists (select from public.corrections as c where c.post_id = r.post_id and c.segment = r.segment and c.wrong = r.platform_id);
  update public.segments as s set (metrics, metrics_at, metrics_by) = (
    select r.metrics, r.at, r.id from public.readings as r
    where r.post_id = s.post_id and r.segment = s.segment and r.suspect is null order by r.at desc, r.id desc limit 1)
  where s.post_id = any (touched)
    and exists (select from public.corrections as c where c.post_id = s.post_id and c.segment = s.segment);
end
$$;

create function surepost.merge_doubts(fresh public.facts[], touched uuid[]) returns void
language sql set search_path = '' as $$
  insert into public.doubts as d (post_id, segment, platform_id, account, reason, opened_at, last_at)
  select post_id, (body ->> 'segment')::integer, body ->> 'platformId', min(account),
    (array_agg(body ->> 'reason' order by at, body ->> 'reason'))[1], min(at), max(at)
  from unnest(fresh) where type = 'post.segment_doubted'
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (post_id, segment, platform_id) do update set
    reason = case when (excluded.opened_at, excluded.reason) < (d.opened_at, d.reason) then excluded.reason else d.reason end,
    opened_at = least(d.opened_at, excluded.opened_at),
    last_at = greatest(d.last_at, excluded.last_at);
  update public.doubts as d set attention_at = (
    select max(f.at) from public.facts as f
    where f.post_id = d.post_id and f.type = 'post.needs_attention' and (f.body ->> 'segment')::integer = d.segment and f.at >= d.opened_at)
  where d.post_id = any (touched);
$$;

create function surepost.merge_audits(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.audits (id, account, at, since, outcome, reason, seen, recorded, report)
  select distinct on ((body ->> 'auditId')::uuid)
    (body ->> 'auditId')::uuid, account, at, (body ->> 'since')::timestamptz, body ->> 'outcome', body ->> 'reason',
    (body ->> 'seen')::integer, (body ->> 'recorded')::integer,
    jsonb_build_object('recovered', body -> 'recovered', 'missing', body -> 'missing', 'wrongIds', body -> 'wrongIds',
      'duplicates', body -> 'duplicates', 'foreign', body -> 'foreign')
  from unnest(fresh) where type = 'account.audited'
  order by 1, at desc, id desc
  on conflict (id) do update set
    at = excluded.at, since = excluded.since, outcome = excluded.outcome, reason = excluded.reason,
    seen = excluded.seen, recorded = excluded.recorded, report = excluded.report
  where excluded.at > audits.at;
  -- Half a year of them is history enough.
  delete from public.audits as a using (select distinct account from unnest(fresh) where type = 'account.audited') as f
  where a.account = f.account and a.at < now() - interval '180 days'
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
  if 'job' = any (kinds) then perform surepost.merge_jobs(fresh); end if;
  if 'alert' = any (kinds) then perform surepost.merge_alerts(fresh); end if;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f -> 'body' ->> 'postId')::uuid from jsonb_array_elements(facts) as f
    where f ->> 'type' = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named));
end
$$;

-- What is recorded of an account since a time: its segments, live or not begun yet, with what is needed to know them on
-- its page; and every other platform id that was ever recorded for it.
create function public.audit_scope(of_account text, since timestamptz) returns jsonb
language sql stable security definer set search_path = '' as $$
  with own as (
    select s.*, p.revision, p.state as post_state, p.submitted_at,
      coalesce(s.published_at, s.heard_at, p.submitted_at) as from_at,
      case when s.segment = 0 then p.content -> 'replyTo' ->> 'platformId'
        else (select prev.platform_id from public.segments as prev where prev.post_id = s.post_id and prev.segment = s.segment - 1) end as parent
    from public.segments as s join public.posts as p on p.id = s.post_id
    where coalesce(s.account, p.account) = of_account and s.text is not null
      and coalesce(s.published_at, s.heard_at, p.submitted_at) >= since - interval '1 hour'
      and p.state is distinct from 'review'
  )
  select jsonb_build_object(
    'segments', (select coalesce(jsonb_agg(jsonb_build_object(
        'postId', post_id, 'segment', segment, 'revision', coalesce(revision, 1), 'text', text, 'parent', parent,
        'isReply', segment > 0 or parent is not null, 'platformId', platform_id, 'publishedAt', published_at,
        'notBefore', coalesce(heard_at, submitted_at), 'gone', deleted_at is not null or missing,
        'underWay', post_state in ('accepted', 'scheduled', 'queued', 'publishing', 'unknown')) order by submitted_at, post_id, segment), '[]')
      from own),
    'others', (select coalesce(jsonb_agg(distinct jsonb_build_object('postId', post_id, 'segment', segment, 'platformId', other)), '[]')
      from own cross join lateral unnest(other_platform_ids) as other))
$$;
comment on function public.audit_scope is 'What an audit compares an account''s page with.';

-- Accounts to audit now, each with the time from which on: every `every_seconds`, and sooner for a doubted id.
create function public.claim_due_audits(
  every_seconds double precision, window_seconds double precision, max_rows integer,
  job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with open_doubts as (
    select r.account, min(coalesce(s.published_at, r.opened_at)) as since
    from public.id_recoveries as r left join public.segments as s on s.post_id = r.post_id and s.segment = r.segment
    where r.state = 'open' group by r.account
  ),
  due as (
    select a.id, a.platform, a.handle,
      greatest(now() - interval '30 days', least(now() - make_interval(secs => window_seconds), d.since - interval '1 hour')) as since
    from public.accounts as a
    left join public.audit_turns as t on t.account = a.id
    left join open_doubts as d on d.account = a.id
    where a.config is not null and not surepost.is_paused(a)
      and (t.account is null or t.next_at <= now() or (d.account is not null and t.asked_at <= now() - interval '10 minutes'))
    order by t.next_at nulls first limit max_rows for no key update of a skip locked
  ),
  held as (
    insert into public.audit_turns as t (account, asked_at, next_at)
    select id, now(), now() + make_interval(secs => every_seconds) from due order by id
    on conflict (account) do update set asked_at = excluded.asked_at, next_at = excluded.next_at
    returning t.account
  )
  select jsonb_agg(jsonb_build_object('account', due.id, 'platform', due.platform, 'handle', due.handle, 'since', due.since) order by due.id)
  into claimed from due join held on held.account = due.id;
  return coalesce(claimed, '[]');
end
$$;

-- Doubted ids that no audit could put right in time: for a person.
create function public.claim_expired_doubts(
  max_rows integer, after_seconds double precision, job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with late as (
    select d.post_id, d.segment, d.platform_id from public.doubts as d
    join public.id_recoveries as r on r.post_id = d.post_id and r.segment = d.segment and r.doubted = d.platform_id
    where r.state = 'open' and d.opened_at <= now() - make_interval(secs => after_seconds)
      and (d.attention_claimed_until is null or d.attention_claimed_until <= now())
    order by d.opened_at limit max_rows for no key update of d skip locked
  ),
  held as (
    update public.doubts as d set attention_claimed_until = now() + interval '60 seconds'
    from late where d.post_id = late.post_id and d.segment = late.segment and d.platform_id = late.platform_id
    returning d.*
  )
  select jsonb_agg(jsonb_build_object('postId', held.post_id, 'segment', held.segment, 'platformId', held.platform_id,
    'revision', coalesce(p.revision, 1), 'account', held.account, 'reason', held.reason) order by held.opened_at)
  into claimed from held join public.posts as p on p.id = held.post_id;
  return coalesce(claimed, '[]');
end
$$;

do $$
declare
  item record;
begin
  for item in
    select c.relname from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relname in ('audits', 'corrections', 'doubts', 'audit_turns', 'id_recoveries')
  loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', item.relname);
    execute format('grant select on public.%I to service_role', item.relname);
  end loop;
  for item in
    select p.oid::regprocedure as signature from pg_catalog.pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.proname in ('audit_scope', 'claim_due_audits', 'claim_expired_doubts')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', item.signature);
    execute format('grant execute on function %s to service_role', item.signature);
  end loop;
end
$$;
