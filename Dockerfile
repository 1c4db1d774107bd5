# The image of the server for WeChat Cloud Hosting and for any other place that runs containers.

FROM node:24-bookworm-slim AS pages
WORKDIR /app
COPY . .
# Its `prepare` builds the pages.
RUN npm ci

FROM node:24-bookworm-slim
WORKDIR /app
# By this right of the file a program that is not root may listen on port 80, whatever the host allows.
RUN apt-get update \
  && apt-get install -y --no-install-recommends libcap2-bin \
  && setcap cap_net_bind_service=+ep "$(readlink -f "$(command -v node)")" \
  && apt-get purge -y --auto-remove libcap2-bin \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY simulators/package.json simulators/
COPY web/package.json web/
COPY bench/package.json bench/
# Node is in the image already, so the package that brings it is left without its script.
RUN npm ci --omit=dev --ignore-scripts --workspace server && npm cache clean --force
COPY server server
COPY --from=pages /app/web/dist web/dist
RUN mkdir data compile-cache && chown node:node data compile-cache

USER node
ENV NODE_COMPILE_CACHE=/app/compile-cache
# Compiles what a start needs, for this user and with the flags of the start: a quarter of a processor takes seconds for it.
RUN node --expose-gc --max-semi-space-size=8 --v8-pool-size=2 server/bin/suanpan.js openapi > /dev/null
ENV NODE_ENV=production HOST=0.0.0.0 PORT=80
EXPOSE 80
CMD ["node", "--expose-gc", "--max-semi-space-size=8", "--v8-pool-size=2", "server/src/main.js"]
