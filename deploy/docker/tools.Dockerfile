# What stands beside the services in a local run: the client's command line, the topics command, the DNS server that signs
# its zones, and the scripts that make a provider's first secrets and perform its first start.
#
#   docker build -f deploy/docker/tools.Dockerfile -t keypost/tools .
#
# The base image needs a Java 25 runtime and bash.
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

RUN for directory in /etc/keypost /run/keypost-database /home/keypost /var/lib/keypost/admin /var/lib/keypost/root \
      /var/lib/keypost/dns/keys /var/lib/keypost/dns/zones /var/lib/keypost/identity/ingress \
      /var/lib/keypost/identity/verifier /var/lib/keypost/identity/router /var/lib/keypost/identity/delivery; do \
      mkdir -p "$directory"; \
    done \
    && chown -R 10001:10001 /etc/keypost /run/keypost-database /home/keypost /var/lib/keypost

COPY local-stack/target/lib/ /opt/keypost/lib/
COPY deploy/docker/tools/ /usr/local/bin/

ENV HOME=/home/keypost \
    LANG=C.UTF-8

USER 10001:10001
WORKDIR /home/keypost
CMD ["keypost", "--help"]
