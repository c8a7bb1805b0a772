/** The stage on real Kafka, with senders whose key servers stand behind real TLS. */
package io.keypost.verifier.kafka;
