/**
 * What was verified, kept by its life time: never replaced by something older or bad, never thrown
 * away because a fetch failed, and looked up once however many ask at once (docs/protocol.md,
 * "Signed records"; docs/threats.md, T08, T09).
 */
@NullMarked
package io.keypost.directory.cache;

import org.jspecify.annotations.NullMarked;
