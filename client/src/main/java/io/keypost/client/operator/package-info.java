/** The operators' interface of a key server, on its management port (KP-KSV-8). */
@NullMarked
package io.keypost.client.operator;

import org.jspecify.annotations.NullMarked;
