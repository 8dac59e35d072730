-- Lists of jobs of one method or state, newest first. Most jobs have succeeded: job_newest serves those.
create index job_method on job (method, created_at desc, id desc);
create index job_state on job (state, created_at desc, id desc) where state <> 'SUCCEEDED';
