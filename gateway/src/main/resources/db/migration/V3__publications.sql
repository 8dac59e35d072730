-- What a job's result becomes a version of, once it has succeeded.
create table publication (
    job_id           uuid primary key references job,
    output           text    not null,
    model            text    not null,
    expected_version integer
);
-- The version is written before the artifact, within one transaction.
alter table model_version alter constraint model_version_artifact_fkey deferrable initially deferred;
