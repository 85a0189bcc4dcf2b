-- Jobs that failed three times in a row, and alerts of those that do no more, as before. New: only those that have failed since a moment,
-- the end of the last outage of the database. What failed with it has an alert of its own, and is well as soon as it has run again.
drop function public.failing_jobs(double precision, integer, text, bigint);
create function public.failing_jobs(repeat_seconds double precision, max_rows integer, failed_since timestamptz default null,
  job_name text default null, held_fence bigint default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  prefix constant text := 'job.failing.';
  answer jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with named as (
    select h.*, prefix || h.job || case when h.account = '' then '' else '.' || h.account end as key from public.job_heartbeats as h
  ),
  failing as (
    select n.* from named as n left join public.alerts as a using (key)
    where n.consecutive_failures >= 3 and (failed_since is null or n.last_failure_at >= failed_since)
      and (a.raised_at is null or not a.active or a.raised_at <= now() - make_interval(secs => repeat_seconds))
    order by n.last_failure_at limit max_rows
  ),
  well as (
    select a.key from public.alerts as a
    where a.active and starts_with(a.key, prefix)
      and not exists (select from named as n where n.key = a.key and n.consecutive_failures >= 3)
    order by a.key limit max_rows
  )
  select jsonb_build_object(
    'raise', (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'job', job, 'account', nullif(account, ''),
      'failures', consecutive_failures, 'category', last_failure_category, 'detail', last_failure_detail)), '[]') from failing),
    'clear', (select coalesce(jsonb_agg(key order by key), '[]') from well)) into answer;
  return answer;
end
$$;
comment on function public.failing_jobs is 'Which alerts of jobs that fail are to be raised (again), and which are to be cleared.';
revoke all on function public.failing_jobs from public, anon, authenticated;
grant execute on function public.failing_jobs to service_role;
