# One server, small enough to start before anybody notices.
#
#   docker build -t doorkey .
#   docker run -p 7860:7860 -v doorkey:/data \
#     -e SECRET_KEY="$(openssl rand -base64 33)" -e FRONTEND_URL=http://localhost:3000 doorkey
#
# It needs nothing writable but /data, no capability and no root: scripts/container checks that. The bases are
# arguments, so that the same file builds from a mirror.
ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=docker.io/library/debian:12-slim

FROM ${RUST_IMAGE} AS build
WORKDIR /src
# What .dockerignore lets through.
COPY . .
RUN cargo build --release --locked --bin doorkey \
    && mkdir -p /out/data \
    && cp target/release/doorkey /out/doorkey

# Of the base only libc and libgcc are used: the roots of TLS and all else are in the binary.
FROM ${RUNTIME_IMAGE}
COPY --from=build /out/doorkey /usr/local/bin/doorkey
# A named volume takes this folder's owner when it is first mounted.
COPY --from=build --chown=1000:1000 /out/data /data
ENV HOST=0.0.0.0 PORT=7860
USER 1000:1000
WORKDIR /data
EXPOSE 7860
ENTRYPOINT ["/usr/local/bin/doorkey"]
