package dev.lockstep.detections.sigma.document;

/** Exception that refuses a document at its first fault. */
final class DocumentException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient DocumentFault fault;

  DocumentException(DocumentFault fault) {
    super(fault.message(), null, false, false);
    this.fault = fault;
  }

  DocumentFault fault() {
    return fault;
  }
}
