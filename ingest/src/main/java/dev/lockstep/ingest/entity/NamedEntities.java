package dev.lockstep.ingest.entity;

import dev.lockstep.ingest.text.AddressText;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Guid;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holder of what an alert names, in three sets: accounts by object id, accounts by name, and IP
 * addresses. Each of the three sets is sorted and keeps its first 257 values, one more than an
 * alert keeps in state. So findings can say that there are more. Invalid values are ignored.
 */
public final class NamedEntities {
  private static final int MOST = 257;
  private static final int ID_CHARS = 64;

  /** Length of the longest mailbox name: 64 characters, the at sign, 255 characters. */
  private static final int NAME_CHARS = 320;

  public final NavigableSet<String> accounts = new TreeSet<>();
  public final NavigableSet<String> names = new TreeSet<>();
  public final NavigableSet<String> addresses = new TreeSet<>();

  public boolean isNobody() {
    return accounts.isEmpty() && names.isEmpty();
  }

  public void addAddresses(NamedEntities others) {
    others.addresses.forEach(address -> add(addresses, address));
  }

  public void addAccounts(NamedEntities others) {
    others.accounts.forEach(account -> add(accounts, account));
    others.names.forEach(name -> add(names, name));
  }

  /**
   * Adds a text to the accounts if it has the form of an object id, and returns whether it has. The
   * form is at most 64 ASCII letters, digits and dashes. The zero GUID is no object id.
   */
  public boolean account(@Nullable String text) {
    String id = text == null ? "" : Scalars.normalisedId(text);
    if (id.isEmpty() || !isObjectId(id)) {
      return false;
    }
    add(accounts, Scalars.lower(id));
    return true;
  }

  private static boolean isObjectId(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!plain && c != '-') {
        return false;
      }
    }
    return text.length() <= ID_CHARS && !Guid.isZero(text);
  }

  public void name(@Nullable String text) {
    if (text != null && isPrincipalName(text)) {
      add(names, Scalars.lower(text));
    }
  }

  static boolean isPrincipalName(String text) {
    int at = text.indexOf('@');
    if (at <= 0 || at == text.length() - 1 || at != text.lastIndexOf('@')) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isISOControl(c)) {
        return false;
      }
    }
    return text.length() <= NAME_CHARS;
  }

  public void address(@Nullable String text) {
    String bare = text == null ? null : AddressText.bare(text);
    if (bare != null) {
      add(addresses, bare);
    }
  }

  private static void add(NavigableSet<String> set, String value) {
    if (set.add(value) && set.size() > MOST) {
      set.pollLast();
    }
  }
}
