/**
 * Enrols a server of an operator: makes its keys, has them certified, writes the identity directory
 * (KP-KSV-7).
 */
@NullMarked
package io.keypost.client.server;

import org.jspecify.annotations.NullMarked;
