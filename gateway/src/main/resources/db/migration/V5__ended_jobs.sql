-- finds the jobs that ended before a time, in the order of their ends
create index job_ended on job (finished_at, id) where finished_at is not null;
