-- What apply_facts answers of posts that came to be live: how long that took, as the console's charts count it.

-- Seconds from when a post was due and approved until its first segment was live, of the posts whose first segment this very
-- transaction recorded. A post of which nothing else is known yet has none.
create function surepost.times_to_live(named uuid[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(greatest(0, extract(epoch from s.published_at - greatest(p.due_at, p.approved_at)))), '[]')
  from public.segments as s join public.posts as p on p.id = s.post_id
  where s.post_id = any (named) and s.segment = 0 and s.recorded_at = now() and p.due_at is not null
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
    perform surepost.merge_labels(fresh);
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
  if 'ledger' = any (kinds) then perform surepost.merge_ledgers(fresh); end if;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f -> 'body' ->> 'postId')::uuid from jsonb_array_elements(facts) as f
    where f ->> 'type' = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named),
    'timesToLive', surepost.times_to_live(named));
end
$$;
