# Builds the service from source, with BuildKit: docker build -t lockstep .
# Both images can be pinned: --build-arg RUNTIME_IMAGE=eclipse-temurin:17-jre@sha256:…
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-17
# Not an Alpine base: RocksDB's native library needs glibc.
ARG RUNTIME_IMAGE=eclipse-temurin:17-jre

# The jars are the same on every processor, so they are built on that of the builder.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
# The repository of jars stays with the builder; Maven compares each file with .mvn/checksums all the same.
RUN --mount=type=cache,target=/root/.m2/repository \
    mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip=false -pl image -am package \
 && mkdir image/target/own \
 && for module in app detections enrichment ingest rules schemas sentinel; do \
      mv image/target/lib/${module}-[0-9]*.jar image/target/own/; \
    done

FROM ${RUNTIME_IMAGE}
# Any user of group 0 may run it, as clusters that choose the user do: the group may what the owner may.
RUN useradd --system --uid 10001 --gid 0 --no-create-home --home-dir /var/lib/lockstep lockstep \
 && install -d -o 10001 -g 0 -m 0770 /var/lib/lockstep /var/lib/lockstep/state
# Libraries first: a new version of Lockstep changes only the small layers behind this one.
COPY --from=build /src/image/target/lib/ /opt/lockstep/lib/
COPY --from=build /src/image/target/own/ /opt/lockstep/lib/
COPY --from=build /src/image/target/sbom.json /opt/lockstep/
COPY --chmod=0755 lockstep /opt/lockstep/lockstep
COPY deploy/sigma/ /opt/lockstep/sigma/
RUN ln -s /opt/lockstep/lockstep /usr/local/bin/lockstep

# Inside a container loopback reaches nobody; publish the port on the host's loopback only.
ENV LOCKSTEP_METRICS_HOST=0.0.0.0 \
    LOCKSTEP_KAFKA_STATE_DIR=/var/lib/lockstep/state
USER 10001
WORKDIR /var/lib/lockstep
VOLUME /var/lib/lockstep/state
EXPOSE 9404
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${LOCKSTEP_METRICS_PORT:-9404} && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["lockstep"]
CMD ["run"]

ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="Lockstep" \
      org.opencontainers.image.description="Detects misuse of identities in Entra, API Management and Defender" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
