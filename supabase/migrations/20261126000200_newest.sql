-- The overview counts the week's posts by state: with the state in it, this index answers by itself and reads no older ones.
drop index public.posts_newest;
create index posts_newest on public.posts (submitted_at desc, id desc) include (state) where submitted_at is not null;
