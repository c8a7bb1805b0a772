/** HTTP towards other operators: which server is asked, and what it shows of itself. */
@NullMarked
package io.keypost.delivery.http;

import org.jspecify.annotations.NullMarked;
