-- What apply_facts answers of posts that came to be live: how long that took, as the console's charts count it.

-- Seconds from when a post was due and approved until its first segment was live, of the posts whose first segment this very
-- transaction recorded. A post of which nothing else is known yet has none.
create function surepost.times_to_live(named uuid[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(greatest(0, extract(epoch from s.published_at - greatest(p.due_at, p.approved_at)))), '[]')
  from public.segments as s join public.posts as p on p.id = s.post_id
  where s.post_id = any (named) and s.segment = 0 and s.recorded_at = now() and p.due_at is not null
$$;
