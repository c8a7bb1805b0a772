/** The table of topics, its command and its check, on real Kafka. */
package io.keypost.frame;
