package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A call through the gateway to be written: accepted, of the portal, unless told otherwise. */
public final class Call {
  final String peer;
  public final Instant at;
  int status = 200;
  String subscription = "northwind-portal";
  String product = "internal";
  String socketAddress = "";
  String forwardedFor = "";
  public String reference = "";
  public boolean copies = true;
  @Nullable Link trace;
  public @Nullable Link message;
  public Duration messageAfter = Duration.ZERO;
  boolean messageSaysTime = true;

  private Call(String peer, Instant at) {
    this.peer = peer;
    this.at = at;
  }

  public static Call from(String peer, Instant at) {
    return new Call(peer, at);
  }

  /** The link in the record's own trace. */
  public Call traced(Link link) {
    trace = link;
    return this;
  }

  /** The link as a message of its own, so long after the call. */
  public Call linked(Link link, Duration after) {
    message = link;
    messageAfter = after;
    return this;
  }

  /** The link as a message that says no time. */
  public Call linkedWithoutTime(Link link) {
    message = link;
    messageSaysTime = false;
    return this;
  }

  public Call answered(int status) {
    this.status = status;
    return this;
  }

  public Call by(String subscription, String product) {
    this.subscription = subscription;
    this.product = product;
    return this;
  }

  public Call headers(String socketAddress, String forwardedFor) {
    this.socketAddress = socketAddress;
    this.forwardedFor = forwardedFor;
    return this;
  }

  /** Front Door's own id of the request, as the gateway logs it. */
  public Call reference(String reference) {
    this.reference = reference;
    return this;
  }

  /** Keeps chance from delivering it twice. */
  public Call once() {
    copies = false;
    return this;
  }
}
