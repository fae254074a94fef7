package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.PrivilegedRecords;
import dev.lockstep.capture.record.PrivilegedRecords.Activation;
import dev.lockstep.capture.record.PrivilegedRecords.Operation;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code privileged-without-pim} for the demo: privileged operations of users without an
 * active role, and their near misses.
 */
final class PrivilegedCases extends SceneCases {
  private static final String ASSIGN = "Add member to role";
  private static final String ASSIGN_IN_AZURE = "Microsoft.Authorization/roleAssignments/write";
  private static final String SECRETS = "Update application – Certificates and secrets management ";
  private static final String GLOBAL = "Global Administrator";

  private final Account standing;
  private Account who;

  PrivilegedCases(Scene scene) {
    super(scene, scene.denseSlots());
    this.standing = scene.cast().user();
    this.who = standing;
  }

  Account standing() {
    return standing;
  }

  void play() {
    attacks();
    gates();
    times();
    nearMisses();
  }

  private Instant next(int day) {
    who = scene.cast().user();
    return slot(day);
  }

  private void does(String operation, Instant at) {
    does(Operation.of(operation, who, Site.OFFICE.address(30)), at);
  }

  private void does(Operation operation, Instant at) {
    audit("AuditLogs", at, at, PrivilegedRecords.operation(operation, at, scene.dice()));
  }

  private void doesInAzure(String result, Account by, Instant at) {
    audit(
        "Administrative",
        at,
        at,
        PrivilegedRecords.inAzure(
            ASSIGN_IN_AZURE, result, by, Site.OFFICE.address(30), at, scene.dice()));
  }

  private void activates(Activation taken, Instant at) {
    activates(taken, at, at);
  }

  private void activates(Activation taken, Instant at, Instant arrival) {
    audit(
        "AuditLogs",
        at,
        arrival,
        PrivilegedRecords.activation(taken, Site.OFFICE.address(30), at, scene.dice()));
  }

  private void audit(String category, Instant at, Instant arrival, String json) {
    if (arrival.isBefore(at)) {
      throw new IllegalArgumentException(
          "a record arrives before it is written; give a later arrival");
    }
    scene.add(Hub.AUDIT, category, arrival, json);
  }

  private void fires(String name, int count, int day) {
    scene.fires(
        name, Expectations.PRIVILEGED, "no-activation", "High", count, day, Subject.of(who));
  }

  private void nearMiss(String name, @Nullable String gate, String why) {
    scene.expect().nearMiss(name, Expectations.PRIVILEGED, gate, Subject.of(who), why);
  }

  private void attacks() {
    Instant start = next(24);
    does(ASSIGN, start);
    does(ASSIGN, start.plusSeconds(75));
    fires("role-given-without-a-role", 2, 24);

    start = next(25);
    doesInAzure("Success", who, start);
    fires("role-given-in-azure-without-a-role", 1, 25);

    start = next(24);
    does(SECRETS, start.plus(minutes(5)));
    activates(Activation.of(who, "Global Reader", start.plus(Duration.ofHours(2))), start);
    fires("secret-added-with-another-role", 1, 24);

    start = next(25);
    Account other = scene.cast().user();
    activates(Activation.of(who, GLOBAL, null).forUser(other), start);
    does(ASSIGN, start.plus(minutes(5)));
    fires("role-activated-for-somebody-else", 1, 25);
  }

  private void gates() {
    who = standing;
    does(ASSIGN, slot(24));
    nearMiss("standing-role", "standing-role", "The estate lists the user.");

    Instant start = next(25);
    activates(Activation.of(who, GLOBAL, start.plus(Duration.ofHours(1))), start);
    does(ASSIGN, start.plus(minutes(20)));
    nearMiss("role-is-active", "activated", "The role was activated for an hour.");

    start = next(24);
    activates(
        Activation.of(who, "Application Administrator", start.plus(Duration.ofHours(1))), start);
    does(SECRETS, start.plus(minutes(20)));
    nearMiss("the-right-role-is-active", "activated", "The entry's role was activated.");

    start = next(25);
    audit(
        "Administrative",
        start,
        start,
        PrivilegedRecords.activationInAzure(
            who, "Owner", start.plus(Duration.ofHours(1)), start, scene.dice()));
    doesInAzure("Succeeded", who, start.plus(minutes(20)));
    nearMiss("role-is-active-in-azure", "activated", "The role of the subscription was activated.");

    start = next(24);
    does(ASSIGN, start.plus(minutes(5)));
    activates(
        Activation.of(who, GLOBAL, start.plus(Duration.ofHours(1))),
        start,
        start.plus(Duration.ofHours(3)));
    nearMiss("activation-arrives-later", "activated", "The record came hours after the operation.");
  }

  private void times() {
    Instant start = next(25);
    Instant end = start.plus(Duration.ofHours(1));
    activates(Activation.of(who, GLOBAL, end), start);
    does(ASSIGN, start.minus(minutes(5)));
    does(ASSIGN, end.plus(minutes(5)));
    nearMiss("within-the-skew", "activated", "Five minutes of skew are tolerated at both ends.");

    start = next(24);
    end = start.plus(Duration.ofHours(1));
    activates(Activation.of(who, GLOBAL, end), start);
    does(ASSIGN, end.plus(minutes(5)).plusMillis(1));
    fires("after-the-skew", 1, 24);

    start = next(25);
    activates(Activation.of(who, GLOBAL, null), start);
    does(ASSIGN, start.plus(Duration.ofHours(8)));
    nearMiss("activation-without-an-end", "activated", "It lasts for eight hours.");

    start = next(24);
    activates(
        Activation.of(who, GLOBAL, start.plus(Duration.ofHours(3)))
            .from(start.plus(Duration.ofHours(2))),
        start);
    does(ASSIGN, start.plus(minutes(30)));
    fires("before-the-role-begins", 1, 24);
  }

  private void nearMisses() {
    Instant start = next(25);
    does(Operation.of(ASSIGN, who, Site.OFFICE.address(30)).with("failure"), start);
    nearMiss("operation-that-failed", null, "Nothing was changed.");

    start = next(24);
    does(Operation.of(ASSIGN, who, Site.OFFICE.address(30)).loggedBy("PIM"), start);
    nearMiss(
        "operation-of-pim-itself", null, "Privileged Identity Management itself adds the member.");

    start = next(25);
    does("Add member to group", start);
    nearMiss("ordinary-operation", null, "No entry of the estate names the operation.");

    who = scene.cast().workload("Northwind deployment");
    does(ASSIGN, slot(24));
    doesInAzure("Success", who, slot(25));
    nearMiss("workload-gives-a-role", null, "Workloads do not count.");

    start = next(24);
    does(Operation.of(ASSIGN, who, Site.OFFICE.address(30)).byNobody(), start);
    nearMiss("operation-of-nobody", null, "The record names no initiator.");
    scene.expect().atLeast(Expectations.PRIVILEGED, "no-principal", 1);
  }
}
