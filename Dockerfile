# What Debian's stable releases mend is taken in as it comes: their packages are not pinned (DL3008).
#
# docker build -t bailiwick . && docker run --rm -v "$PWD:/repo:ro" bailiwick check --no-cache
FROM rust:1-slim-bookworm AS build
WORKDIR /src
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cargo install --locked --path . --root /out

FROM debian:bookworm-slim
# `--since` and `--staged` ask git. The mounted repository belongs to somebody else: it is only read.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --create-home --uid 10001 bailiwick
COPY --from=build /out/bin/bailiwick /usr/local/bin/bailiwick
USER 10001
WORKDIR /repo
ENTRYPOINT ["bailiwick"]
CMD ["check"]
