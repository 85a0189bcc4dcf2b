#!/bin/sh
# Prints the secrets of a new installation, for .env:  ./deploy/new-secrets.sh >> .env
# Needs openssl. The Supabase key is a JWT (HS256, RFC 7515) that names the role `service_role` and is signed with JWT_SECRET;
# with a project of Supabase's own, take its keys instead of the last three.
set -eu
hex() { openssl rand -hex 24; }
url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
jwt_secret=$(openssl rand -hex 32)
unsigned=$(printf '%s' '{"alg":"HS256","typ":"JWT"}' | url).$(printf '%s' '{"role":"service_role","iss":"supabase","iat":1700000000,"exp":2082758400}' | url)
signature=$(printf '%s' "$unsigned" | openssl dgst -sha256 -hmac "$jwt_secret" -binary | url)
cat <<SECRETS
RABBITMQ_PASSWORD=$(hex)
API_KEY=sp_$(hex)
BROKER_ADMIN_KEY=$(hex)
SESSION_KEY=$(openssl rand -base64 32)
GRAFANA_PASSWORD=$(hex)
POSTGRES_PASSWORD=$(hex)
AUTHENTICATOR_PASSWORD=$(hex)
JWT_SECRET=$jwt_secret
SUPABASE_SERVICE_ROLE_KEY=$unsigned.$signature
SECRETS
