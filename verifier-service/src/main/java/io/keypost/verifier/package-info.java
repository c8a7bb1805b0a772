/**
 * The verifier: who signed it, is it whole, is the key good now (KP-VER). {@link
 * io.keypost.verifier.Verification} decides, {@link io.keypost.verifier.VerificationStage} knows
 * the order of things; everything else is wiring.
 */
@NullMarked
package io.keypost.verifier;

import org.jspecify.annotations.NullMarked;
