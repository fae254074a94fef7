package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.SinkConfig;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeOption;
import dev.lockstep.app.privacy.ErasureRequest;
import dev.lockstep.app.privacy.RemainingRecords;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.text.ComparableText;
import dev.lockstep.schemas.text.Guid;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command {@code erase}, which erases a person's data from the state of the rules and from the
 * topic of detections.
 */
@Command(
    name = "erase",
    description = {
      "Erases the data of a person from the state of the rules and from the topic of detections.",
      "Then shows which other data are deleted by retention, and when, and which data stay."
    })
public final class EraseCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--principal",
      required = true,
      paramLabel = "ID",
      description =
          "Object id of the user or workload, or API Management subscription, as findings show it"
              + " in principal.id.")
  private String principal = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Another UPN or display name of the principal, beside the names in its findings;"
              + " repeatable.")
  private List<String> names = List.of();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "How long to wait for the answers of all instances (default: 60s).")
  private String wait = "60s";

  @Option(names = "--dry-run", description = "Say what would be erased, but erase nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    String id = id(principal);
    if (id.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --principal: the id is empty; give the id of a principal");
    }
    Duration timeout = TimeOption.duration(spec, "--wait", wait, "30s or 5m");
    Config read = config.read();
    ErasureRequest request = new ErasureRequest(read, id, names);
    ErasureRequest.Done done = dryRun ? request.look() : request.send(timeout);
    List<RemainingRecords> remaining = RemainingRecords.of(read, Instant.now());
    if (ErasureRequest.isUpn(id) && done.deleted() == 0 && done.pending().isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              Quoted.of(id)
                  + " has the form of a UPN, and no finding is about it; to erase a user,"
                  + " give the object id as --principal, and the UPN as --name");
    } else if (done.deleted() + done.revised() == 0 && done.pending().isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "no finding is about a principal with exactly the id %s or names this principal; if you expected findings, give the id as findings show it in principal.id%s"
                  .formatted(
                      Quoted.of(id),
                      Guid.isGuid(id) ? "" : ", with the same upper and lower case"));
    }
    if (json) {
      System.out.println(asJson(done, remaining));
    } else {
      print(done, remaining, read);
    }
    if (!done.pending().isEmpty() && !dryRun) {
      throw new OperatorException(
          "could not confirm the erasure within %s: no answer yet from %s; the request stays in the topic until the instances with role detect carry it out; check that all of them run, and run this command again to confirm"
              .formatted(wait, String.join(", ", done.pending())));
    }
    return ExitCode.DONE;
  }

  /**
   * Returns the id of a principal in the form that it has in activities. An object id is in lower
   * case, any other id is as it was given, and both are without spaces around them.
   */
  static String id(String given) {
    String objectId = ComparableText.of(given);
    return Guid.isGuid(objectId) ? objectId : given.strip();
  }

  private void print(ErasureRequest.Done done, List<RemainingRecords> remaining, Config read) {
    String who = TextTable.shown(done.principal());
    String findings = DisplayFormat.count(done.deleted(), "finding");
    if (dryRun) {
      System.out.printf(
          "%s: %s would be deleted, %s revised (dry run: nothing was erased)%n",
          who, findings, done.revised());
    } else {
      System.out.printf(
          "%s: %s deleted, %s revised with the pseudonym %s%n",
          who, findings, done.revised(), done.pseudonym());
      System.out.println(
          done.pending().isEmpty()
              ? "State: every task has erased the data of this principal. Events that arrive from now on"
                  + " create new state."
              : "State and findings: not every answer has come yet.");
    }
    System.out.println();
    System.out.println(
        "Other places with records that may name the person, and when their records are deleted:");
    TextTable table = new TextTable("Where", "Gone by", "Why");
    for (RemainingRecords one : remaining) {
      table.row(List.of(one.where(), one.gone(), one.why()));
    }
    table.print(System.out);
    System.out.println();
    System.out.println(
        "Data that Lockstep does not delete (docs/privacy.md says what you can do about them):");
    if (read.sentinel() != null) {
      System.out.printf(
          "  Sentinel: rows of LockstepDetections_CL where tostring(Principal.id) == \"%s\", or"
              + " that name this id in Description, Entities or Evidence; purge these rows there%n",
          TextTable.shown(done.principal()));
    }
    if (read.sentinel() != null && read.sentinel().lake() != null) {
      System.out.println(
          "  Sentinel's data lake: rows of LockstepEvidence_CL with the DetectionId of one of the"
              + " rows of LockstepDetections_CL above; you cannot purge rows of the data lake, and"
              + " Azure deletes them when the table's retention ends");
    }
    for (SinkConfig sink : read.sinks()) {
      System.out.printf(
          "  sink %s: detections that name the person; delete them there%n", sink.name());
    }
    System.out.println(
        "  files: reports, outputs of replay and captures that name the person;"
            + " delete them yourself");
  }

  private String asJson(ErasureRequest.Done done, List<RemainingRecords> remaining) {
    return JsonText.object(
        out -> {
          out.writeStringField("principal", done.principal());
          out.writeStringField("pseudonym", done.pseudonym());
          out.writeBooleanField("dryRun", dryRun);
          out.writeNumberField("deleted", done.deleted());
          out.writeNumberField("revised", done.revised());
          JsonText.writeTexts(out, "pending", done.pending());
          JsonText.writeObjects(out, "remains", remaining, one -> write(out, one));
        });
  }

  private static void write(JsonGenerator out, RemainingRecords one) throws IOException {
    out.writeStringField("where", one.where());
    if (one.until() != null) {
      out.writeStringField("until", one.until().toString());
    }
    out.writeStringField("why", one.why());
  }
}
