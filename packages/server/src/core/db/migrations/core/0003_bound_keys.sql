-- What a key may act for, where its service binds keys to something: a client's id. A key keeps it for its life.
alter table core.api_keys add column bound_to text;
create index api_keys_by_binding on core.api_keys (workspace_id, service, bound_to) where bound_to is not null;
