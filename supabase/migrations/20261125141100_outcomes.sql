-- Due checks carry what tells a true reading from a false one; and outcomes, for whoever learns from them.

-- As before, and: the text that was published, the figures that are believed, and the latest that were not.
create or replace function public.claim_due_checks(
  max_rows integer, lease_seconds double precision default 600, max_outstanding integer default 1000,
  job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
  room integer;
begin
  perform surepost.check_fence(job_name, held_fence);
  select greatest(0, least(max_rows, max_outstanding - count(*))) into room
  from public.checks where state = 'claimed' and claimed_until > now();
  with due as (
    select c.id, s.platform_id, s.text, s.metrics, a.id as account, a.platform, a.handle
    from public.checks as c
    join public.segments as s on s.post_id = c.post_id and s.segment = c.segment
    join public.accounts as a on a.id = s.account
    where c.state in ('open', 'claimed') and c.open_at <= now() and c.deadline > now()
      and s.platform_id is not null and s.deleted_at is null and a.config is not null and not surepost.is_paused(a)
    order by c.open_at limit room for no key update of c skip locked
  ),
  held as (
    update public.checks as c set claimed_at = now(), claimed_until = now() + make_interval(secs => lease_seconds), claims = c.claims + 1
    from due where c.id = due.id
    returning c.id, c.post_id, c.segment, c.deadline, c.due_at, due.platform_id, due.text, due.metrics, due.account, due.platform, due.handle
  )
  select jsonb_agg(jsonb_build_object(
    'checkId', id, 'postId', post_id, 'segment', segment, 'platformId', platform_id, 'deadline', deadline,
    'account', account, 'platform', platform, 'handle', handle, 'text', text, 'last', metrics,
    'doubted', (select r.metrics from public.readings as r where r.check_id = held.id and r.suspect is not null order by r.at desc, r.id desc limit 1)
    ) order by due_at)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

create view public.post_outcomes with (security_invoker = true) as
select
  s.post_id, s.segment, s.account, s.platform, s.platform_id, s.url, s.published_at, p.kind, p.revision,
  coalesce(jsonb_array_length(p.content -> 'segments'), 1) as segments,
  s.text,
  length(s.text) as characters,
  coalesce(array_length(regexp_split_to_array(nullif(btrim(s.text), ''), '\s+'), 1), 0) as words,
  regexp_count(s.text, '\n') + 1 as lines,
  regexp_count(s.text, 'https?://') as links,
  regexp_count(s.text, '(^|\s)#\w') as hashtags,
  regexp_count(s.text, '(^|\s)@\w') as mentions,
  s.text like '%?%' as has_question,
  coalesce(jsonb_array_length(s.media), 0) as images,
  extract(hour from s.published_at at time zone 'UTC')::integer as hour_utc,
  extract(isodow from s.published_at at time zone 'UTC')::integer as weekday,
  s.missing, s.deleted_at,
  s.metrics as latest, s.metrics_at as latest_at,
  coalesce(m.by_age, '{}') as metrics_by_age,
  coalesce(k.done, 0) as checks_done, coalesce(k.missed, 0) as checks_missed, coalesce(k.waiting, 0) as checks_waiting
from public.segments as s
join public.posts as p on p.id = s.post_id
left join lateral (
  select jsonb_object_agg(age, figures) as by_age
  from (
    select distinct on (c.after_seconds) c.after_seconds::text as age, r.metrics || jsonb_build_object('at', r.at) as figures
    from public.readings as r join public.checks as c on c.id = r.check_id
    where r.post_id = s.post_id and r.segment = s.segment and r.suspect is null and c.after_seconds is not null
    order by c.after_seconds, r.at, r.id
  ) as first_of_each
) as m on true
left join lateral (
  select (count(*) filter (where state = 'done'))::integer as done, (count(*) filter (where state = 'missed'))::integer as missed,
    (count(*) filter (where state in ('open', 'claimed')))::integer as waiting
  from public.checks as c where c.post_id = s.post_id and c.segment = s.segment
) as k on true
where s.platform_id is not null;

comment on view public.post_outcomes is 'One row per live segment: what was published, features of it, and its figures by age. For whoever learns from them.';
comment on column public.post_outcomes.metrics_by_age is '{"900": {replies, reposts, quotes, likes, bookmarks, views, at}, …}: the first believed reading of each check, by the seconds after publishing at which it was due; `at` is when it was read. What was not shown is null.';
comment on column public.post_outcomes.latest is 'The latest believed reading, whatever its age.';
comment on column public.post_outcomes.weekday is '1 Monday to 7 Sunday, UTC.';

revoke all on public.post_outcomes from public, anon, authenticated, service_role;
grant select on public.post_outcomes to service_role;
create index segments_newest_live on public.segments (published_at, post_id, segment) where platform_id is not null;
