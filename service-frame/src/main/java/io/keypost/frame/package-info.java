/**
 * What every service on the event bus is built on: the clock, the directory, the identity under
 * which it connects out, the way to Kafka, and the checks that say whether it is ready. Beans only;
 * no decision about mail is made here. The provider file is mapped by {@code keypost.*}; what is a
 * service's own stands under {@code keypost.frame.*}, filled in by its {@code
 * application.properties}.
 */
@NullMarked
package io.keypost.frame;

import org.jspecify.annotations.NullMarked;
