-- finds the later point of the same step, which a resumed job reports again
create index job_metric_step on job_metric (job_id, name, step, id);
