# The probe as a container image: one static binary and the CA bundle, nothing else.
#
#   docker build -t ecr-probe .
#   docker buildx build --platform linux/amd64,linux/arm64 -t ecr-probe .
#
# The default command is `check`: `aws ecs run-task` needs no override.

# Pin by digest in a build that must be repeatable to the byte:
# FROM rust:1.95-slim-bookworm@sha256:…
FROM rust:1.95-slim-bookworm AS build
WORKDIR /build

# The dependencies by themselves: this layer is built again only when Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
COPY scripts/build-static scripts/text.ld scripts/
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && scripts/build-static

# COPY keeps the time stamps, and cargo believes them: the real sources may look older than
# the stand-ins.
COPY . .
RUN touch src/main.rs src/lib.rs \
    && scripts/build-static \
    && mv "target/$(uname -m)-unknown-linux-gnu/release/ecr-probe" /ecr-probe \
    && mkdir /root-of-image \
    && mkdir --mode=1777 /root-of-image/tmp

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ecr-probe" \
      org.opencontainers.image.description="Walks an Amazon ECR image pull hop by hop, names what is wrong and how to fix it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /ecr-probe /ecr-probe
# Where `watch` keeps its state. With the root read-only a task mounts a volume here, and Fargate
# gives an empty one to root; for a VOLUME it copies the image's folder, owner and mode with it.
COPY --from=build --chown=65532:65532 /root-of-image/ /
VOLUME ["/tmp"]
# Not root, and known by number: there is no /etc/passwd.
USER 65532:65532
ENTRYPOINT ["/ecr-probe"]
CMD ["check"]
