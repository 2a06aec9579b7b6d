# Reverie: the api, the dream worker and the command line in one image. glibc, because onnxruntime's binary needs it (no Alpine).
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: see docs/adr/0007. The lock is honoured either way.
RUN npm install --no-save --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY migrations migrations
COPY libs libs
COPY apps apps
RUN npm run --silent build \
  && npm prune --omit=dev --no-save \
  # Binaries for other systems than this one.
  && rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data/store
WORKDIR /app
# Owned by root: what runs as `node` can change nothing but /data and /ledger.
COPY LICENSE ./
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY scripts/health-check.mjs scripts/
RUN mkdir /data /ledger && chown node:node /data /ledger
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["node", "scripts/health-check.mjs"]
CMD ["node", "dist/apps/api/main.js"]
