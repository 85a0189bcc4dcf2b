# Every image of Surepost. There is no build step: Node runs the TypeScript as it is.
#
#   docker build --target service --build-arg WORKSPACE=services/poster -t surepost/poster:0.1.0 .
#
# Targets: `service` (WORKSPACE says which one), `migrate`, `browser-broker`. docker-compose.yml has the arguments of each.
# No `RUN --mount`, so that the classic builder works as well as BuildKit.

ARG NODE_IMAGE=node:24-slim
# Client and browsers must be of one version: deploy's test compares this with the locked version of the package.
ARG PLAYWRIGHT_VERSION=1.65.1
ARG PLAYWRIGHT_IMAGE=mcr.microsoft.com/playwright:v${PLAYWRIGHT_VERSION}-noble

# The manifests alone: installing is repeated only when one of them changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS modules
ARG WORKSPACE
WORKDIR /app
COPY --from=manifests /app ./
# The browser comes with Playwright's own image, where one is needed. What only people read is left out of the image.
RUN test -f "$WORKSPACE/package.json" \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error -w "$WORKSPACE" \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete \
 && find node_modules -depth -type d -empty -delete

FROM ${NODE_IMAGE} AS sources
ARG WORKSPACE
WORKDIR /app
COPY --from=modules /app ./
COPY packages/shared ./packages/shared
COPY packages/platforms ./packages/platforms
COPY ${WORKSPACE} ./${WORKSPACE}
COPY deploy/healthy.js ./deploy/healthy.js
# The folders of volumes: a new volume takes its owner and its mode from here.
RUN mkdir -p /data && chown 1000:1000 /data

FROM ${NODE_IMAGE} AS service
ARG WORKSPACE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="surepost ${WORKSPACE}" \
      org.opencontainers.image.description="Publishes, records and measures social posts: live once, recorded always." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A young generation of 4 MiB instead of 16: services that wait for others need no more.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=4
COPY --from=sources /app /app
COPY --from=sources --chown=1000:1000 /data /data
WORKDIR /app/${WORKSPACE}
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/deploy/healthy.js"]
CMD ["node", "src/main.ts"]

# One-shot: the database's migrations, and RabbitMQ's policies. WORKSPACE is services/persister.
FROM service AS migrate
COPY supabase/migrations /app/supabase/migrations
HEALTHCHECK NONE
CMD ["node", "src/migrate.ts"]

# Browsers, fonts and their libraries are Playwright's; Node is the one of all the others.
FROM ${PLAYWRIGHT_IMAGE} AS browser-broker
ARG WORKSPACE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="surepost ${WORKSPACE}" \
      org.opencontainers.image.description="Browsers, leases on them, sessions and the action ledger." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A young generation of 4 MiB instead of 16: services that wait for others need no more.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=4
COPY --from=service /usr/local/bin/node /usr/local/bin/node
COPY --from=sources /app /app
COPY --from=sources --chown=1000:1000 /data /data
WORKDIR /app/${WORKSPACE}
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["node", "/app/deploy/healthy.js"]
CMD ["node", "src/main.ts"]
