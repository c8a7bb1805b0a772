/** The router as a service, on real Kafka, DNS and key servers. */
package io.keypost.router.kafka;
