/**
 * What is known of an envelope on its way to another operator, and what an attempt to hand it over
 * means (docs/protocol.md, "Submissions and transfers"). Values and decisions only.
 */
@NullMarked
package io.keypost.delivery.handover;

import org.jspecify.annotations.NullMarked;
