alter table audit alter column detail drop default;
alter table audit alter column detail type text using detail::text;
create index audit_subject on audit (subject, id desc);
