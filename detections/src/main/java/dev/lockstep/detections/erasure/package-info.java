/**
 * Erasure of a principal: the principal that a request names, the data that belong to it, and the
 * pseudonym that replaces it in other data.
 *
 * <p>Each stage erases what it keeps. Every new class that keeps principals has to be added here:
 *
 * <ul>
 *   <li>{@code state.StateEraser}: the principal's facts, days and lessons, its tokens, sessions,
 *       presence at addresses and names; the pseudonym in the state of other subjects and in alerts
 *   <li>{@code join.JoinStore}: its calls and identity links that wait
 *   <li>{@code incident.IncidentGroups}: the group of its incidents
 *   <li>{@code finding.FindingReviser}: its findings, of which the id, rule and last revision stay;
 *       the pseudonym in others' findings
 *   <li>{@code topology.FindingStage}: findings that the state has evicted; tombstones and answers
 * </ul>
 *
 * <p>{@code topology.ErasureCodec} reads and writes requests and answers. Nothing of a store and of
 * Kafka may come in here.
 */
@NullMarked
package dev.lockstep.detections.erasure;

import org.jspecify.annotations.NullMarked;
