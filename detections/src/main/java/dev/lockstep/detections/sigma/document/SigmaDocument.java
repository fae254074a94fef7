package dev.lockstep.detections.sigma.document;

/** Sigma document that was read without a fault. */
public sealed interface SigmaDocument permits RuleDocument, CorrelationDocument, FilterDocument {
  /** Returns the attributes that documents of all types have. */
  Header header();
}
