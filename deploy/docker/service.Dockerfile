# One image for each of the five services. The build context is what Maven made of the service: <service>/target/quarkus-app.
#
#   docker build -f deploy/docker/service.Dockerfile -t keypost/ingress-service ingress-service/target/quarkus-app
#
# The base image needs a Java 25 runtime and bash (for the health check, so that nothing has to be installed).
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

# Directories that volumes are mounted on: a new volume takes their owner over. A bare number, so that any base image will do.
RUN mkdir -p /etc/keypost /var/lib/keypost/admin /var/lib/keypost/dns /var/lib/keypost/identity /var/lib/keypost/payloads \
    && chown -R 10001:10001 /etc/keypost /var/lib/keypost

# What changes least comes first: libraries are one layer for many builds.
COPY lib/ /opt/keypost/lib/
COPY quarkus-run.jar /opt/keypost/
COPY quarkus/ /opt/keypost/quarkus/
COPY app/ /opt/keypost/app/

ENV HOME=/tmp \
    LANG=C.UTF-8 \
    JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED" \
    KEYPOST_MANAGEMENT_PORT=9000

USER 10001:10001
EXPOSE 8443

# Ready, and not only alive: what waits for this container waits until it does its work.
HEALTHCHECK --interval=10s --timeout=10s --start-period=180s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$KEYPOST_MANAGEMENT_PORT && printf 'GET /q/health/ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-Dquarkus.config.locations=/etc/keypost/provider.yaml", "-jar", "/opt/keypost/quarkus-run.jar"]
