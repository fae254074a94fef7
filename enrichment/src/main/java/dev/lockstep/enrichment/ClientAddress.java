package dev.lockstep.enrichment;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.schemas.Activity;
import org.jspecify.annotations.Nullable;

/**
 * Decision about which address is the client of a call behind proxies. The client is the peer,
 * unless the peer is a trusted proxy. In that case the logged headers name the client, or else the
 * identity link does.
 */
final class ClientAddress {
  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private ClientAddress() {}

  /** Returns the address from which a call came, or null if no address can be trusted. */
  static @Nullable Address of(Activity call, Enrichment enrichment) {
    Address peer = Address.parse(call.getAddress());
    return peer == null || call.getCategory().equals(GRAPH) || !enrichment.trustedProxy(peer)
        ? peer
        : forwarded(call, enrichment);
  }

  /** Returns the address that a call names as its client, or null if the call names none. */
  static @Nullable Address forwarded(Activity call, Enrichment enrichment) {
    Address client = reported(call.getSocketAddress(), call.getForwardedFor(), enrichment);
    return client == null
        ? reported(call.getLinkSocketAddress(), call.getLinkForwardedFor(), enrichment)
        : client;
  }

  private static @Nullable Address reported(
      @Nullable String socketAddress, @Nullable String forwardedFor, Enrichment enrichment) {
    Address socket = Address.parse(socketAddress);
    return socket != null && !enrichment.trustedProxy(socket)
        ? socket
        : lastForwarded(forwardedFor, enrichment);
  }

  private static @Nullable Address lastForwarded(
      @Nullable String forwardedFor, Enrichment enrichment) {
    if (forwardedFor == null) {
      return null;
    }
    int end = forwardedFor.length();
    while (end >= 0) {
      int comma = forwardedFor.lastIndexOf(',', end - 1);
      Address entry = Address.parse(forwardedFor.substring(comma + 1, end));
      if (entry == null || !enrichment.trustedProxy(entry)) {
        return entry;
      }
      end = comma;
    }
    return null;
  }
}
