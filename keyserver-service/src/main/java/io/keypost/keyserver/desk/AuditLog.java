package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.AuditEntryRow;
import io.keypost.keyserver.store.Transactions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/** Reads the audit log. */
@Singleton
public class AuditLog {
  private final Transactions transactions;

  @Inject
  AuditLog(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * The newest entries, newest first.
   *
   * @param count 1 to {@link AuditEntryRow#MAX_PAGE_ENTRIES}; brought into these bounds
   */
  public List<AuditEntryRow> newest(int count) {
    return transactions.reading(() -> AuditEntryRow.newest(count));
  }
}
