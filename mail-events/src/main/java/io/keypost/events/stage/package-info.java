/**
 * What a stage needs to read events in batches and to write what it decided: headers, decoding with
 * dead letters for what cannot be decoded, retries, and one publisher that completes when all
 * in-sync replicas have everything. No messaging framework is used here; the services hand in the
 * records of a poll and acknowledge them when the returned stage completes.
 */
@NullMarked
package io.keypost.events.stage;

import org.jspecify.annotations.NullMarked;
