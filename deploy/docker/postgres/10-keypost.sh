#!/bin/bash
# Runs once, when the database server is new: a role and a database of its own for each service that keeps data.
set -e
for role in keyserver delivery; do
  psql -v ON_ERROR_STOP=1 -v password="$(cat "/run/keypost-database/$role")" -U "$POSTGRES_USER" -d postgres <<SQL
CREATE ROLE $role LOGIN PASSWORD :'password';
CREATE DATABASE $role OWNER $role;
REVOKE ALL ON DATABASE $role FROM PUBLIC;
SQL
done
