/**
 * The terminal outcome of each envelope (docs/protocol.md, "Outcomes"): proposals and checked
 * receipts come in by {@link io.keypost.delivery.outcome.ProposalStage}, submissions by {@link
 * io.keypost.delivery.outcome.SubmissionStage}; outcomes go out as events by {@link
 * io.keypost.delivery.outcome.OutcomeRelay} and as receipts by {@link
 * io.keypost.delivery.outcome.ReceiptPoster}.
 */
@NullMarked
package io.keypost.delivery.outcome;

import org.jspecify.annotations.NullMarked;
