-- Two roles for the exchange on PostgreSQL; run once as a superuser, with passwords of your own:
--   psql -v owner_password="'…'" -v web_password="'…'" -f deploy/postgresql-roles.sql
-- exchange_owner owns the tables: migrations and erasure (DATABASE_OWNER_URL).
-- exchange_web serves pages and the worker (DATABASE_URL) and cannot rewrite the history.
-- What exchange_web may do with each table is granted by `flask db upgrade`, at every upgrade anew.
CREATE ROLE exchange_owner LOGIN PASSWORD :owner_password;
CREATE ROLE exchange_web LOGIN PASSWORD :web_password;
CREATE DATABASE exchange OWNER exchange_owner ENCODING 'UTF8' TEMPLATE template0;
\connect exchange
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO exchange_owner;
