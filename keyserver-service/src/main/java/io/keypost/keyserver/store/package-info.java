/**
 * The database of the key server: one entity for each table of {@code V1__directory.sql}, and
 * {@link io.keypost.keyserver.store.Transactions} that runs what belongs together as one
 * transaction.
 *
 * <p>Who owns what: {@link io.keypost.keyserver.store.DomainRow} is locked first by whoever changes
 * what a record of the domain says, so that {@code seq} rises in one order however many instances
 * share the database.
 */
@NullMarked
package io.keypost.keyserver.store;

import org.jspecify.annotations.NullMarked;
