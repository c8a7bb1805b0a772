/**
 * What happens at each request, in order: read, decide, write. The decisions are made in the
 * packages that are named after the protocol's nouns; here is only who calls whom, and what is one
 * transaction.
 */
@NullMarked
package io.keypost.keyserver.desk;

import org.jspecify.annotations.NullMarked;
