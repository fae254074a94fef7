package dev.lockstep.detections.sigma.document;

/** Refusal of a document, which ends its reading at the first fault. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient DocumentFault fault;

  Refusal(DocumentFault fault) {
    super(fault.message(), null, false, false);
    this.fault = fault;
  }

  /** Returns the fault. */
  DocumentFault fault() {
    return fault;
  }
}
