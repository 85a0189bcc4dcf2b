-- The overview looks at the last week: found by index, however many years lie behind it.
create index segments_published on public.segments (published_at) where platform_id is not null;
create index checks_due on public.checks (due_at);
