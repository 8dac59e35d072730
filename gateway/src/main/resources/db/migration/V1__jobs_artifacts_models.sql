create table api_key (
    id          text primary key,
    name        text        not null,
    role        text        not null check (role in ('reader', 'submitter', 'admin')),
    secret_hash bytea       not null,
    created_at  timestamptz not null default now(),
    revoked_at  timestamptz
);

create table method (
    id           text primary key,
    announcement bytea       not null,
    announced_at timestamptz not null default now()
);

create table job (
    id                 uuid primary key,
    method             text        not null,
    method_version     text        not null,
    short              boolean     not null,
    params             jsonb       not null,
    inputs             jsonb       not null,
    seed               bigint      not null,
    cache              boolean     not null,
    labels             jsonb       not null,
    timeout_ms         bigint,
    state              text        not null check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    dispatch           integer     not null,
    sends              integer     not null default 1,
    current_attempt    uuid,
    current_delivery   integer     not null default 0,
    current_sequence   bigint      not null default 0,
    transient_failures integer     not null default 0,
    cancel_requested   boolean     not null default false,
    last_event_at      timestamptz,
    progress           double precision,
    progress_message   text,
    outputs            jsonb,
    summary            jsonb,
    problem            jsonb,
    cached_from        uuid,
    cache_key          bytea       not null,
    trace_parent       text,
    owner              text        not null,
    idempotency_key    text,
    request_hash       bytea       not null,
    created_at         timestamptz not null default now(),
    started_at         timestamptz,
    finished_at        timestamptz
);
create unique index job_idempotency on job (owner, idempotency_key) where idempotency_key is not null;
create index job_newest on job (created_at desc, id desc);
create index job_running on job (last_event_at) where state = 'RUNNING';
create index job_returned on job (last_event_at) where state = 'QUEUED' and current_attempt is not null;
create index job_result on job (cache_key) where state = 'SUCCEEDED' and cached_from is null;
create index job_labels on job using gin (labels jsonb_path_ops) where labels <> '{}';

create table attempt (
    id             uuid primary key,
    job_id         uuid        not null references job,
    worker         text        not null,
    dispatch       integer     not null,
    delivery_count integer     not null,
    state          text        not null,
    started_at     timestamptz not null,
    ended_at       timestamptz
);
create index attempt_job on attempt (job_id);

-- what still has to go to Kafka; rows live for milliseconds while the broker is there
create table outbox (
    id           bigint generated always as identity primary key,
    topic        text        not null,
    record_key   text        not null,
    type         text        not null,
    payload      bytea       not null,
    trace_parent text,
    available_at timestamptz not null default now()
);
create index outbox_available on outbox (available_at, id);

create table job_log (
    id      bigint generated always as identity primary key,
    job_id  uuid        not null references job,
    attempt uuid        not null,
    at      timestamptz not null,
    level   text        not null,
    message text        not null
);
create index job_log_job on job_log (job_id, id);

create table job_metric (
    id     bigint generated always as identity primary key,
    job_id uuid             not null references job,
    name   text             not null,
    step   bigint           not null,
    value  double precision not null,
    at     timestamptz      not null
);
create index job_metric_job on job_metric (job_id, id);

create table artifact (
    id          text primary key,
    kind        text        not null check (kind in ('model', 'dataset', 'report')),
    size        bigint      not null,
    files       integer     not null,
    produced_by uuid references job,
    source      text,
    created_at  timestamptz not null default now()
);
create index artifact_newest on artifact (created_at desc, id desc);

-- the lineage graph: artifact -> job (consumed) and job -> artifact (produced)
create table consumed (
    job_id   uuid not null references job,
    name     text not null,
    artifact text not null references artifact,
    primary key (job_id, name)
);
create index consumed_artifact on consumed (artifact);

create table produced (
    job_id   uuid not null references job,
    name     text not null,
    artifact text not null references artifact,
    primary key (job_id, name)
);
create index produced_artifact on produced (artifact);

create table model (
    name       text primary key,
    created_at timestamptz not null default now()
);

create table model_version (
    model       text        not null references model,
    version     integer     not null,
    artifact    text        not null references artifact,
    description text        not null default '',
    created_at  timestamptz not null default now(),
    primary key (model, version)
);

create table model_alias (
    model   text    not null,
    alias   text    not null,
    version integer not null,
    primary key (model, alias),
    foreign key (model, version) references model_version (model, version)
);

create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    actor   text        not null,
    action  text        not null,
    subject text        not null,
    detail  jsonb       not null default '{}'
);
