package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Builder of a call through the gateway, by default one that Northwind's own portal makes and the
 * gateway accepts.
 */
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
  boolean messageHasTime = true;
  boolean coded = true;
  RecordedGateway gateway = RecordedGateway.ORDERS;
  String operation = "";
  String errorSource = "";
  boolean ofAnApi = true;
  String frontDoorId = "";

  private Call(String peer, Instant at) {
    this.peer = peer;
    this.at = at;
  }

  public static Call from(String peer, Instant at) {
    return new Call(peer, at);
  }

  /** Puts the identity link into the field {@code traceRecords} of the call's own record. */
  public Call traced(Link link) {
    trace = link;
    return this;
  }

  /** Sends the identity link as a message of its own, some time after the call. */
  public Call linked(Link link, Duration after) {
    message = link;
    messageAfter = after;
    return this;
  }

  /** Sends the identity link as a message without a time. */
  public Call linkedWithoutTime(Link link) {
    message = link;
    messageHasTime = false;
    return this;
  }

  public Call answered(int status) {
    this.status = status;
    return this;
  }

  /** Leaves out the response code, as if the client had closed the connection. */
  public Call withoutCode() {
    coded = false;
    return this;
  }

  public Call at(RecordedGateway gateway) {
    this.gateway = gateway;
    return this;
  }

  /** Sets the operation that is called. By default it is random. */
  public Call of(String operation) {
    this.operation = operation;
    return this;
  }

  /** Makes this a call to a path that belongs to no API. */
  public Call ofNoApi() {
    ofAnApi = false;
    return this;
  }

  public Call refusedBy(String policy) {
    this.errorSource = policy;
    return this;
  }

  /** Sets the request's header {@code X-Azure-FDID}, the id of a Front Door profile. */
  public Call frontDoor(String id) {
    this.frontDoorId = id;
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

  /** Sets Front Door's tracking reference of the request. The gateway logs it. */
  public Call reference(String reference) {
    this.reference = reference;
    return this;
  }

  /** Prevents the random second delivery of the call. */
  public Call once() {
    copies = false;
    return this;
  }
}
