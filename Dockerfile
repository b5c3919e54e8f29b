# One server in an image that holds nothing else: no shell, no libc, no package.
#
#   docker build -t doorkey .
#   docker run -p 7860:7860 -v doorkey:/data \
#     -e SECRET_KEY="$(openssl rand -base64 33)" -e FRONTEND_URL=http://localhost:3000 doorkey
#
# It needs nothing writable but /data, no capability and no root: scripts/container checks that. The bases are
# arguments, so that the same file builds from a mirror, or with a shell to look around by.
ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=scratch

FROM ${RUST_IMAGE} AS build
WORKDIR /src
# What .dockerignore lets through.
COPY . .
# Static, so that it runs in any image it is copied into. Names are resolved by the C library itself, which since
# glibc 2.34 needs no file for that; what it knows beyond DNS and /etc/hosts is not there. --target keeps the flag
# from procedural macros, which cannot be static. rust-toolchain.toml is there for `doorkey init`: the compiler is
# the image's own, by the name that it has there.
RUN export RUSTUP_TOOLCHAIN="${RUST_VERSION:-}" \
    && target="$(rustc --print host-tuple)" \
    && RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --locked --bin doorkey --target "$target" \
    && mkdir -p /out/data \
    && cp "target/$target/release/doorkey" /out/doorkey

FROM ${RUNTIME_IMAGE}
# The roots of TLS and all else are in the binary.
COPY --from=build /out/doorkey /usr/local/bin/doorkey
# A named volume takes this folder's owner when it is first mounted.
COPY --from=build --chown=1000:1000 /out/data /data
ENV HOST=0.0.0.0 PORT=7860
USER 1000:1000
WORKDIR /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/doorkey", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/doorkey"]
