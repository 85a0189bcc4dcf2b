-- Posts that wait for a person: their alert repeats until somebody has settled it, and ends with the waiting.

-- Answers {raise: [{postId, account, reason}], clear: [key]}: alerts that were not raised for `repeat_seconds`, and alerts of
-- posts that wait no more. Facts change the alerts; asking again says the same until they were applied.
create function public.attention_alerts(
  repeat_seconds double precision, max_rows integer, job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  prefix constant text := 'post.needs_attention.';
  answer jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with waiting as (
    select p.id, p.account, p.phase_reason as reason, p.submitted_at
    from public.posts as p left join public.alerts as a on a.key = prefix || p.id
    where p.state = 'needs_attention' and p.submitted_at is not null
      and (a.raised_at is null or not a.active or a.raised_at <= now() - make_interval(secs => repeat_seconds))
    order by p.submitted_at limit max_rows
  ),
  settled as (
    select a.key from public.alerts as a
    where a.active and starts_with(a.key, prefix)
      and not exists (select from public.posts as p where prefix || p.id = a.key and p.state = 'needs_attention')
    order by a.key limit max_rows
  )
  select jsonb_build_object(
    'raise', (select coalesce(jsonb_agg(jsonb_build_object('postId', id, 'account', account, 'reason', reason)
      order by submitted_at), '[]') from waiting),
    'clear', (select coalesce(jsonb_agg(key order by key), '[]') from settled)) into answer;
  return answer;
end
$$;
comment on function public.attention_alerts is 'Which alerts of posts that need a person are to be raised (again), and which are to be cleared.';
revoke all on function public.attention_alerts from public, anon, authenticated;
grant execute on function public.attention_alerts to service_role;
