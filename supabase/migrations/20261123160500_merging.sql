-- Small parts that the merges share.

-- The phase that a fact puts a post (or its segment) in, until a later one or stronger evidence says otherwise.
create function surepost.phase_of(type text) returns text language sql immutable parallel safe as $$
  select case type
    when 'post.dispatched' then 'queued'
    when 'post.segment_begun' then 'publishing'
    when 'post.segment_unknown' then 'unknown'
    when 'post.segment_aborted' then 'queued'
    when 'post.failed' then 'failed'
    when 'post.missed' then 'missed'
    when 'post.needs_attention' then 'needs_attention'
  end
$$;

-- Sets as sorted arrays; nothing to add is null.
create function surepost.text_union(a text[], b text[]) returns text[] language sql immutable parallel safe as $$
  select case when b is null then a else array(select distinct member from unnest(a || b) as member order by member) end
$$;
create function surepost.integer_union(a integer[], b integer[]) returns integer[] language sql immutable parallel safe as $$
  select case when b is null then a else array(select distinct member from unnest(a || b) as member order by member) end
$$;

-- Whether one word is later (or earlier) than another, by (at, id). No word is neither; anything beats no word.
create function surepost.is_later(at timestamptz, id uuid, than_at timestamptz, than_id uuid) returns boolean
language sql immutable parallel safe as $$
  select at is not null and (than_at is null or (at, id) > (than_at, than_id))
$$;
create function surepost.is_earlier(at timestamptz, id uuid, than_at timestamptz, than_id uuid) returns boolean
language sql immutable parallel safe as $$
  select at is not null and (than_at is null or (at, id) < (than_at, than_id))
$$;
