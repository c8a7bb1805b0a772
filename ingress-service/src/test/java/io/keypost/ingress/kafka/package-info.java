/** The front door's view of real brokers. */
package io.keypost.ingress.kafka;
