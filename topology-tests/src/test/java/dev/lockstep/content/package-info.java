/** The Sigma rules in {@code deploy/sigma}: their tests, ids, evidence, cost and page. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.content;
