-- Audits are listed newest first, of one account or of all, a page at a time.
drop index public.audits_newest;
create index audits_newest on public.audits (account, at desc, id desc);
create index audits_newest_of_all on public.audits (at desc, id desc);
