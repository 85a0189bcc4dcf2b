-- What went live, how fast, and how it did, by spans of equal length: the console's charts.

create index checks_done on public.checks (done_at) where done_at is not null;
create index checks_missed on public.checks (missed_at) where missed_at is not null;

-- Spans without anything are left out. Seconds are of the first segment of each post: from when it was due (and approved)
-- until it was live, and of every segment from live until its row was written.
create function public.activity(since timestamptz, span_seconds integer) returns jsonb
language sql stable security definer set search_path = '' as $$
  with lived as (
    select date_bin(make_interval(secs => span_seconds), s.published_at, since) as span, s.metrics,
      case when s.segment = 0 then greatest(0, extract(epoch from s.published_at - greatest(p.due_at, p.approved_at))) end as to_live,
      greatest(0, extract(epoch from s.recorded_at - s.published_at)) as to_recorded
    from public.segments as s left join public.posts as p on p.id = s.post_id
    where s.platform_id is not null and s.published_at >= since
  ),
  live as (
    select span, count(*) as live, count(metrics) as measured,
      percentile_cont(0.5) within group (order by to_live) as to_live_median, max(to_live) as to_live_most,
      percentile_cont(0.5) within group (order by to_recorded) as to_recorded_median, max(to_recorded) as to_recorded_most,
      sum((metrics ->> 'views')::bigint) as views, sum((metrics ->> 'likes')::bigint) as likes,
      sum((metrics ->> 'reposts')::bigint) as reposts, sum((metrics ->> 'replies')::bigint) as replies
    from lived group by span
  ),
  ended as (
    select date_bin(make_interval(secs => span_seconds), phase_at, since) as span, count(*) as failed
    from public.posts where state in ('failed', 'missed') and submitted_at >= since and phase_at >= since group by 1
  ),
  read as (
    select date_bin(make_interval(secs => span_seconds), at, since) as span,
      count(*) filter (where done) as checks, count(*) filter (where not done) as checks_missed
    from (
      select done_at as at, true as done from public.checks where done_at >= since
      union all select missed_at, false from public.checks where missed_at >= since and done_at is null
    ) as c group by 1
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'at', span, 'live', coalesce(live, 0), 'measured', coalesce(measured, 0), 'failed', coalesce(failed, 0),
    'checks', coalesce(checks, 0), 'checksMissed', coalesce(checks_missed, 0),
    'toLiveMedian', to_live_median, 'toLiveMost', to_live_most,
    'toRecordedMedian', to_recorded_median, 'toRecordedMost', to_recorded_most,
    'views', views, 'likes', likes, 'reposts', reposts, 'replies', replies) order by span), '[]')
  from live full join ended using (span) full join read using (span)
$$;
comment on function public.activity is 'What went live since a time, how fast, and how it did, per span. A figure that nobody showed is null.';
revoke all on function public.activity from public, anon, authenticated;
grant execute on function public.activity to service_role;
