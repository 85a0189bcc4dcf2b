-- X's label of an automated account: what its profile shows, and what follows from that.

alter table public.accounts
  add column label_at timestamptz,
  add column label_by uuid,
  add column automated_by text;
comment on column public.accounts.label_at is 'When its profile was last read for the label of an automated account; null: never.';
comment on column public.accounts.automated_by is 'Whom the label names as its human; null: the profile had no label.';

create function surepost.merge_labels(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.accounts as a (id, label_at, label_by, automated_by)
  select distinct on (account) account, at, id, body ->> 'automatedBy'
  from unnest(fresh) where type = 'account.label_seen'
  order by account, at desc, id desc
  on conflict (id) do update set label_at = excluded.label_at, label_by = excluded.label_by, automated_by = excluded.automated_by
  where surepost.is_later(excluded.label_at, excluded.label_by, a.label_at, a.label_by)
$$;

create function surepost.label_of(account public.accounts) returns text language sql stable as $$
  select case
    when account.config -> 'replies' ->> 'label' = 'alert' then 'not_required'
    when account.label_at is null then 'unread'
    when account.automated_by is null then 'missing'
    else 'shown' end
$$;

-- As before (20261125141000_audits.sql), with labels and ledgers.
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
    perform surepost.merge_labels(fresh);
  end if;
  if 'job' = any (kinds) then perform surepost.merge_jobs(fresh); end if;
  if 'alert' = any (kinds) then perform surepost.merge_alerts(fresh); end if;
  if 'ledger' = any (kinds) then perform surepost.merge_ledgers(fresh); end if;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f -> 'body' ->> 'postId')::uuid from jsonb_array_elements(facts) as f
    where f ->> 'type' = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named));
end
$$;

-- As before (20261123160900_due_work.sql), and whether the profile is to be read for its label: now and then, sooner where there was none.
create or replace function public.claim_due_harvests(max_rows integer, job_name text default null, held_fence bigint default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with due as (
    select a.id from public.accounts as a
    where a.config is not null and (a.config -> 'replies' ->> 'enabled') = 'true'
      and (a.harvest_at is null or a.harvest_at <= now()) and not surepost.is_paused(a)
    order by a.harvest_at nulls first limit max_rows for no key update skip locked
  ),
  held as (
    update public.accounts as a set
      harvest_asked_at = now(),
      harvest_at = now() + greatest(interval '5 minutes', surepost.harvest_every(a))
    from due where a.id = due.id
    returning a.id, a.platform, a.handle, a.label_at, a.automated_by
  )
  select jsonb_agg(jsonb_build_object(
    'account', id, 'platform', platform, 'handle', handle,
    'readLabel', label_at is null or label_at < now() - case when automated_by is null then interval '10 minutes' else interval '6 hours' end,
    'since', (select m.platform_id from public.mentions as m where m.account = held.id and m.harvested_at is not null
      order by m.created_at desc limit 1)) order by id)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- As before (20261125150100_deciding.sql), with the label.
create or replace function public.claim_open_mentions(max_rows integer, job_name text default null, held_fence bigint default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
  under_way integer;
  earlier jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  select count(*) into under_way from public.mentions where decision is null and claimed_until > now();
  select coalesce(jsonb_agg(text), '[]') into earlier from (
    select s.text from public.posts as p join public.segments as s on s.post_id = p.id and s.segment = 0
    where p.kind = 'reply' and s.text is not null and p.state not in ('failed', 'missed', 'cancelled')
    order by p.submitted_at desc limit 50) as t;
  with open as (
    select m.account, m.platform_id, a.platform, a.handle, a.config -> 'replies' as replies, surepost.label_of(a) as label
    from surepost.next_mentions() as n
    join public.mentions as m on m.account = n.account and m.platform_id = n.platform_id
    join public.accounts as a on a.id = m.account
    -- A bounded number is under way at once: what they rest on ages while they wait.
    order by n.created_at, n.platform_id limit greatest(max_rows - under_way, 0) for no key update of m skip locked
  ),
  held as (
    update public.mentions as m set
      asked = m.asked + 1, claimed_until = now() + least(interval '15 minutes' * (2 ^ least(m.asked, 10)), interval '6 hours')
    from open where m.account = open.account and m.platform_id = open.platform_id
    returning m.*, open.platform, open.handle, open.replies, open.label
  )
  select jsonb_agg(jsonb_build_object(
    'account', account, 'platform', platform, 'handle', handle, 'approval', replies ->> 'approval', 'voice', replies ->> 'voice',
    'rules', coalesce(replies -> 'rules', '{}'),
    'mention', jsonb_build_object('platformId', platform_id, 'author', author, 'text', text, 'inReplyTo', in_reply_to,
      'createdAt', created_at, 'url', url) || case when conversation is null then '{}' else jsonb_build_object('conversation', conversation) end,
    'context', jsonb_build_object(
      'ask', asked, 'label', label,
      'validUntil', least(claimed_until, now() + interval '10 minutes'),
      'authorIsOurs', exists (select from public.accounts as o where o.platform = held.platform and lower(o.handle) = lower(held.author)),
      'authorOptedOut', exists (select from public.opted_out as o where o.platform = held.platform and o.person = lower(held.author)),
      'answeredBy', (select o.account from public.mentions as o
        where o.platform_id = held.platform_id and o.account <> held.account and o.decision = 'answered' limit 1),
      'answersToAuthor', (select count(*) from public.mentions as o
        where lower(o.author) = lower(held.author) and o.decision = 'answered' and o.decided_at > now() - interval '24 hours'),
      'ourHandles', (select coalesce(jsonb_agg(o.handle), '[]') from public.accounts as o where o.platform = held.platform and o.handle is not null),
      'earlier', earlier, 'failures', deferrals,
      'spent', surepost.model_spending((now() at time zone 'UTC')::date),
      'ahead', under_way + place)) order by created_at)
  into claimed from (select held.*, row_number() over (order by created_at, platform_id) - 1 as place from held) as held;
  return coalesce(claimed, '[]');
end
$$;

-- Which alerts of accounts that answer without the label are to be raised (again), and which are to be cleared.
create function public.label_alerts(repeat_seconds double precision, max_rows integer, job_name text default null, held_fence bigint default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  prefix constant text := 'account.unlabelled.';
  answer jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with unlabelled as (
    select a.*, prefix || a.id as key from public.accounts as a
    where a.config is not null and (a.config -> 'replies' ->> 'enabled') = 'true' and a.label_at is not null and a.automated_by is null
  ),
  missing as (
    select u.* from unlabelled as u left join public.alerts as l using (key)
    where l.raised_at is null or not l.active or l.raised_at <= now() - make_interval(secs => repeat_seconds)
    order by u.id limit max_rows
  ),
  well as (
    select l.key from public.alerts as l
    where l.active and starts_with(l.key, prefix) and not exists (select from unlabelled as u where u.key = l.key)
    order by l.key limit max_rows
  )
  select jsonb_build_object(
    'raise', (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'handle', handle, 'answers', config -> 'replies' ->> 'label' = 'alert')), '[]') from missing),
    'clear', (select coalesce(jsonb_agg(key order by key), '[]') from well)) into answer;
  return answer;
end
$$;
revoke all on function public.label_alerts from public, anon, authenticated;
grant execute on function public.label_alerts to service_role;
