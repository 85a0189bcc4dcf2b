-- A dispatch tells what the record knows to be live: a ledger that replaces a lost one learns it, also of what was deleted
-- since and no timeline shows any more.

create or replace function public.claim_due_posts(
  look_ahead_seconds double precision, max_rows integer, lease_seconds double precision default 60,
  settle_seconds double precision default 15, with_silent boolean default true, job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
  -- A post that is later than this is overdue: a replica that took over from another has come to it before.
  overdue timestamptz := now() - interval '1 minute';
begin
  perform surepost.check_fence(job_name, held_fence);
  with fresh as (
    select id, due_at as at from public.posts
    where state in ('accepted', 'scheduled') and due_at > overdue and due_at <= now() + make_interval(secs => look_ahead_seconds)
      and not_after > now() and greatest(revised_at, approved_at) <= now() - make_interval(secs => settle_seconds)
      and (claimed_until is null or claimed_until <= now())
    order by due_at limit max_rows for no key update skip locked
  ),
  late as (
    select id, due_at as at from public.posts
    where state in ('accepted', 'scheduled') and due_at <= overdue
      and not_after > now() and greatest(revised_at, approved_at) <= now() - make_interval(secs => settle_seconds)
      and (claimed_until is null or claimed_until <= now())
    order by due_at limit max_rows for no key update skip locked
  ),
  silent as (
    select id, silent_at as at from public.posts
    where with_silent and state in ('queued', 'publishing', 'unknown') and silent_at <= now()
      and (not_after > now() or begun_at is not null)
      and (claimed_until is null or claimed_until <= now())
    order by silent_at limit max_rows for no key update skip locked
  ),
  chosen as (
    select id, why from (
      select id, 'due' as why, at, row_number() over (order by at) / 3.0 as turn from fresh
      union all select id, 'due', at, row_number() over (order by at) from late
      union all select id, 'silent', at, row_number() over (order by at) from silent
    ) as lines
    order by turn, at limit max_rows
  ),
  held as (
    -- What is under way (publishing, unknown) is only reminded of, and stays as it is: not again for half an hour.
    update public.posts as p set claimed_until =
      now() + case when p.state in ('publishing', 'unknown') then interval '30 minutes' else make_interval(secs => lease_seconds) end
    from chosen where p.id = chosen.id
    returning chosen.why, p.*
  )
  select jsonb_agg(jsonb_build_object(
    'postId', id, 'revision', revision, 'hash', hash, 'account', account, 'platform', platform, 'content', content,
    'notAfter', not_after, 'acceptedAt', submitted_at, 'scheduledAt', scheduled_at, 'state', state, 'dispatches', dispatches, 'why', why,
    'live', coalesce((
      select jsonb_agg(jsonb_build_object(
        'segment', s.segment, 'platformId', s.platform_id,
        'url', coalesce(s.url, 'https://x.com/i/status/' || s.platform_id),
        'publishedAt', coalesce(s.published_at, s.deleted_at, s.missing_at, s.recorded_at, now()),
        'gone', case when s.deleted_at is not null then 'deleted' when s.missing_at is not null then 'missing' end) order by s.segment)
      from public.segments s where s.post_id = held.id and s.platform_id is not null), '[]')) order by due_at)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;
